/** Where messages send people: each page of `docs/` has the heading that is named. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../cli/places";

const FOLDERS = ["cli", "components", "model", "offline", "policies", "verify"];
const ROOT_FILES = readdirSync(projectRoot).filter((file) => file.endsWith(".ts"));
const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && !file.includes("node_modules"))
        .map((file) => join(folder, file)),
).concat(ROOT_FILES);
const texts = files.map((file) => readFileSync(join(projectRoot, file), "utf8")).join("\n");

/** `"Opening Vault as operators" in docs/vault.md`, also over two lines of a comment. */
const named = [...texts.matchAll(/"([^"\n]+?)"\s+(?:\*\s+)?in (docs\/[\w./-]+\.md)/g)].map(([, heading, page]) => [
    heading!,
    page!,
]);
const pages = [...new Set([...texts.matchAll(/(?<![\w./-])docs\/[\w./-]+\.md/g)].map(([page]) => page))];

function headings(page: string): string[] {
    const text = readFileSync(join(projectRoot, page), "utf8");
    // A bold beginning of a paragraph or of a line in a list is a heading in small.
    return [...text.matchAll(/^#+ (.+)$|^(?:- )?\*\*([^*]+?)\.?\*\*/gm)].map(([, heading, bold]) => (heading ?? bold)!);
}

test("there are some", () => {
    expect(named.length).toBeGreaterThan(5);
});

test.each(pages)("%s is there", (page) => {
    expect(headings(page)).not.toEqual([]);
});

test.each([...new Map(named.map((one) => [one.join(), one])).values()])("%j is a heading in %s", (heading, page) => {
    expect(headings(page)).toContain(heading);
});
