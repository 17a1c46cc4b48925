/** `docs/faults.md` names tests that exist. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const TEST = join(__dirname, "..");

const files = readdirSync(TEST, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(TEST, path)).isFile() && path.endsWith(".ts"))
    .map((path) => ({ path, name: path.replace(/(\.test)?\.ts$/, "") }));

/** Files that the table means by a name: a file or folder below `test/`, or the end of its path where that is enough. */
function meant(name: string): string[] {
    const whole = name.replace(/(\.test)?\.ts$/, "").replace(/\/$/, "");
    const inside = files.filter((file) => file.name === whole || file.name.startsWith(`${whole}/`));
    const found = inside.length > 0 ? inside : files.filter((file) => file.name.endsWith(`/${whole}`));
    return found.map(({ path }) => join(TEST, path));
}

/** Test names as the table shortens them: `…` stands for anything, a placeholder in a title as well. */
function isIn(text: string, quoted: string): boolean {
    const parts = quoted.split("…").map((part) => part.trim());
    return parts.filter((part) => part !== "").every((part) => text.includes(part));
}

interface Row {
    readonly number: string;
    readonly test: string;
}

/** Tables have two or three columns: what was wrong, perhaps a number before it, and the tests at the end. */
function rowsOf(page: string): Row[] {
    return page
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
        .filter(([, first = ""]) => !/^(-+|Number|What was wrong)$/.test(first))
        .map((cells): Row => ({ number: cells[1] ?? "", test: cells.at(-2) ?? "" }));
}

const [mended = "", known = ""] = readFileSync(join(TEST, "..", "docs", "faults.md"), "utf8").split("\n## Known");
const rows = rowsOf(mended);

/** Words of a row whose test is named elsewhere, or which no test of its own holds. */
const WITHOUT = /by hand|^the same$|^as [A-Z]\d|^the whole run/;

/** Names of tests, `"so"` or `*so*`; a word of code in one has backticks here and none in the title. */
function quotedIn(cell: string): string[] {
    return [...cell.replaceAll("`", "").matchAll(/"([^"]+)"|\*([^*]+)\*/g)].map(
        ([, quoted, italic]) => (quoted ?? italic)!,
    );
}

/** What is in backticks and looks like a place below `test/`. */
function placesIn(cell: string): string[] {
    const ticked = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
    return ticked.filter((text) => /^[\w-]+(\/[\w.-]+)+\/?$/.test(text) && !existsSync(join(TEST, "..", text)));
}

test("the tables are read, those of two columns and names in italics as well", () => {
    expect(rows.length).toBeGreaterThan(190);
    expect(rowsOf(known).length).toBeGreaterThan(5);
    expect(rows.filter(({ test: cell }) => /\*[^*]+\*/.test(cell)).length).toBeGreaterThan(10);
    expect(rowsOf('| What was wrong | Test |\n|---|---|\n| a \\| b | `unit/x`: *one*, "two" |')).toEqual([
        { number: "a \\| b", test: '`unit/x`: *one*, "two"' },
    ]);
});

test("every row names a test, or says why there is none", () => {
    expect(rows.filter(({ test: cell }) => !/`[^`]+`/.test(cell) && !WITHOUT.test(cell))).toEqual([]);
});

test("every test file that it names exists", () => {
    const missing = [...rows, ...rowsOf(known)].flatMap(({ number, test: cell }) =>
        placesIn(cell)
            .filter((place) => meant(place).length === 0)
            .map((place) => `${number}: ${place}`),
    );
    expect(missing).toEqual([]);
});

test("every test that it quotes exists, in a file that the row names", () => {
    const missing = [...rows, ...rowsOf(known)].flatMap(({ number, test: cell }) => {
        const ticked = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
        const texts = [...new Set(ticked.flatMap(meant))].map((path) =>
            readFileSync(path, "utf8").replaceAll(/\\(?=")|`/g, ""),
        );
        return quotedIn(cell)
            .filter((quoted) => !texts.some((text) => isIn(text, quoted)))
            .map((quoted) => `${number}: ${quoted}`);
    });
    expect(missing).toEqual([]);
});
