/** The script that tells a service about changed secrets, with a real shell and real signals. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { processOf, RELOAD_SH } from "../../../components/products/application/reload";
import { eventually } from "../../support/eventually";

let folder: string;
let secrets: string;
let started: ChildProcess[] = [];

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-reload-"));
    secrets = mkdtempSync(join(folder, "secrets-"));
    writeFileSync(join(folder, "reload.sh"), RELOAD_SH);
    writeFileSync(join(secrets, "postgres"), "first");
});

afterEach(() => {
    for (const { pid } of started) {
        try {
            // The whole group: what the script started outlives it.
            process.kill(-pid!, "SIGKILL");
        } catch {
            // It ended by itself.
        }
    }
    started = [];
    rmSync(folder, { recursive: true });
});

/** A service that says which signals it gets and ends with 7 when it is asked to. */
const SERVICE = `trap 'echo got HUP' HUP; trap 'echo got TERM; exit 7' TERM; echo up "$@"; while :; do sleep 0.1; done`;

interface Running {
    readonly child: ChildProcess;
    readonly said: () => string;
    readonly ended: Promise<number | null>;
}

async function start(how: string, service = SERVICE): Promise<Running> {
    const child = spawn("sh", [join(folder, "reload.sh"), how, "sh", "-c", service, "sh", "two words", "$x"], {
        env: { ...process.env, SECRETS_DIR: secrets },
        detached: true,
    });
    started.push(child);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    if (service === SERVICE) {
        await eventually("it runs", () => Promise.resolve(text.includes("up two words $x\n")));
        // The first look has to be over before there is something to see.
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return { child, said: () => text, ended };
}

/** As the agent writes: beside the file, then renamed. */
function rotate(name: string, value: string): void {
    writeFileSync(join(secrets, `.${name}`), value);
    renameSync(join(secrets, `.${name}`), join(secrets, name));
}

test("sends the signal once when a file has changed, and goes on watching", async () => {
    const { said } = await start("SIGHUP");
    rotate("postgres", "second");
    await eventually("it is signalled", () => Promise.resolve(said().includes("got HUP")), { within: 8000 });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(said().match(/got HUP/g)).toHaveLength(1);
    rotate("another", "new file");
    await eventually("it is signalled again", () => Promise.resolve(said().match(/got HUP/g)?.length === 2), {
        within: 8000,
    });
}, 30_000);

test("the token that changes daily does not count", async () => {
    const { said } = await start("SIGHUP");
    rotate("vault-token", "a token");
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(said()).not.toContain("got");
}, 15_000);

test("restart asks the service to end, and ends with what it ended with", async () => {
    const { said, ended } = await start("restart");
    rotate("postgres", "second");
    expect(await ended).toBe(7);
    expect(said()).toContain("got TERM");
}, 15_000);

test.each(["SIGTERM", "SIGINT"] as const)(
    "%s asks the service to end",
    async (signal) => {
        const { child, said, ended } = await start("SIGHUP");
        child.kill(signal);
        expect(await ended).toBe(7);
        expect(said()).toContain("got TERM");
    },
    15_000,
);

test.each([0, 3])("ends with %d when the service does", async (code) => {
    const { ended } = await start("SIGHUP", `exit ${code}`);
    expect(await ended).toBe(code);
});

describe("how a process is started", () => {
    test("as the image has it, or as it is declared", () => {
        expect(processOf({}, true)).toEqual({ files: [] });
        expect(processOf({ command: ["node", "x.js"] }, true)).toEqual({
            entrypoint: ["node"],
            command: ["x.js"],
            files: [],
        });
    });

    test("wrapped when somebody has to tell it, and there is somebody who writes", () => {
        const declared = { command: ["node", "x.js"], reload: "SIGHUP" } as const;
        expect(processOf(declared, true)).toEqual({
            entrypoint: ["/bin/sh", "/etc/strata/reload.sh"],
            command: ["SIGHUP", "node", "x.js"],
            files: [{ path: "reload.sh", content: RELOAD_SH }],
        });
        expect(processOf(declared, false)).toEqual({ entrypoint: ["node"], command: ["x.js"], files: [] });
    });
});
