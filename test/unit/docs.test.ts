/** Where messages and pages send people: the page of `docs/`, the heading in it and the file of the project are there. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { projectRoot } from "../../cli/places";

const FOLDERS = ["cli", "components", "engine", "model", "offline", "policies", "verify"];
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

test("the licence that both packages name is there in full", () => {
    for (const folder of [projectRoot, join(projectRoot, "policies")]) {
        const text = readFileSync(join(folder, "package.json"), "utf8");
        expect((JSON.parse(text) as { license: string }).license).toBe("Apache-2.0");
    }
    const licence = readFileSync(join(projectRoot, "LICENSE"), "utf8");
    expect(licence).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/);
    expect(licence).toContain("9. Accepting Warranty or Additional Liability.");
    expect(licence).toContain("END OF TERMS AND CONDITIONS");
});

describe("pages", () => {
    const documents = [
        "README.md",
        ...["docs", "offline", "policies"].flatMap((folder) =>
            readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
                .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
                .map((file) => join(folder, file)),
        ),
    ];
    const textOf = (document: string): string => readFileSync(join(projectRoot, document), "utf8");

    /** Anchors as GitHub makes them of headings. */
    const anchorsOf = (document: string): string[] =>
        [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
            heading
                .toLowerCase()
                .replace(/[^\p{L}\p{N}\s_-]/gu, "")
                .replaceAll(" ", "-"),
        );

    test.each(documents)("%s leads to what is there", (document) => {
        const dead = [...textOf(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].filter(
            ([, file = "", anchor]) => {
                const target = file === "" ? document : join(dirname(document), file);
                return (
                    !existsSync(join(projectRoot, target)) ||
                    (anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor))
                );
            },
        );
        expect(dead.map(([link]) => link)).toEqual([]);
    });

    // The table of faults has a test of its own, which knows how it shortens.
    test.each(documents.filter((document) => document !== "docs/faults.md"))(
        "%s names files that exist",
        (document) => {
            const named = [
                ...textOf(document).matchAll(
                    /`((?:bench|cli|components|docs|model|offline|policies|products|test|verify)\/[\w./-]*)`/g,
                ),
            ].map(([, path = ""]) => path);
            // `product new shop` is the example of a new product.
            const missing = named.filter((path) => path !== "products/shop.ts" && !existsSync(join(projectRoot, path)));
            expect(missing).toEqual([]);
        },
    );
});
