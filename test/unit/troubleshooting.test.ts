/** What docs/troubleshooting.md quotes is what strata says, or what a program says that it names. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../cli/places";

const PRINTING = ["cli", "components", "engine", "model", "offline", "policies", "verify"];

const code = PRINTING.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes("node_modules"))
        .map((file) => join(folder, file)),
)
    .concat(readdirSync(projectRoot).filter((file) => file.endsWith(".ts")))
    .map((file) => readFileSync(join(projectRoot, file), "utf8"))
    .join("\n")
    // Comments say nothing to a user.
    .replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, "")
    // Expressions in a template, then the seams of a text over several lines.
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…")
    .replaceAll(/["`] \+\n\s*["`]/g, "");

/** Texts of other programs, by the program that prints them. */
const OF_OTHERS: Readonly<Record<string, readonly string[]>> = {
    "the docker client": [
        "permission denied while trying to connect to the Docker daemon socket",
        "Cannot connect to the Docker daemon",
        "client version … is too new",
        "unauthorized",
    ],
    "the engine": [
        "Pool overlaps with other one on this address space",
        "bind: address already in use",
        "no space left on device",
        'the container name "/…" is already in use',
    ],
    pulumi: [
        "no resource plugin 'pulumi-resource-…' found",
        "the stack is currently locked by …",
        "incorrect passphrase",
    ],
    Vault: ["invalid role or secret ID"],
    Postgres: ["ERROR: could not resize shared memory segment"],
    Redis: ["NOPERM this user has no permissions to run the '…' command"],
    // A character of a path, and a setting whose place goes before the message.
    nobody: ["%2F", ";", "strata:vault.seal.pgpKeys[…] … accepted: a PGP key that encrypts"],
};

/** What a section with the column "It says" quotes. */
const quoted = readFileSync(join(projectRoot, "docs", "troubleshooting.md"), "utf8")
    .split("\n## ")
    .filter((section) => section.includes("| It says |"))
    .flatMap((section) => [...section.matchAll(/^\| (.+?) \|/gm)].map(([, cell = ""]) => cell))
    .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));

/** Values stand where the code has an expression, so half of a text's words in one run are enough. */
function isPartSaid(part: string): boolean {
    const words = part.split(" ");
    const length = Math.ceil(words.length / 2);
    return words.some((_, from) => {
        const run = words.slice(from, from + length);
        return run.length === length && code.includes(run.join(" "));
    });
}

/** Whether the code has every part of it; `…` stands for what differs. */
function isSaid(text: string): boolean {
    return text
        .split("…")
        .map((part) => part.trim())
        .filter((part) => /\w/.test(part))
        .every(isPartSaid);
}

test("there are some", () => {
    expect(quoted.length).toBeGreaterThan(55);
    expect(isSaid("no credentials for this registry")).toBe(false);
});

test("each text is in the code, or is named here as another program's", () => {
    const others = Object.values(OF_OTHERS).flat();
    expect(quoted.filter((text) => !others.includes(text) && !isSaid(text))).toEqual([]);
});

test("what is named here is on the page", () => {
    expect(
        Object.values(OF_OTHERS)
            .flat()
            .filter((text) => !quoted.includes(text)),
    ).toEqual([]);
});
