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

const rows = readFileSync(join(TEST, "..", "docs", "faults.md"), "utf8")
    .split("\n")
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5 && !/^(-+|Number)$/.test(cells[1] ?? ""))
    .map(([, number = "", , test = ""]): Row => ({ number, test }));

/** What is in backticks and looks like a place below `test/`. */
function placesIn(cell: string): string[] {
    const ticked = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
    return ticked.filter((text) => /^[\w-]+(\/[\w.-]+)+\/?$/.test(text) && !existsSync(join(TEST, "..", text)));
}

test("the table is read", () => expect(rows.length).toBeGreaterThan(100));

test("every test file that it names exists", () => {
    const missing = rows.flatMap(({ number, test: cell }) =>
        placesIn(cell)
            .filter((place) => meant(place).length === 0)
            .map((place) => `${number}: ${place}`),
    );
    expect(missing).toEqual([]);
});

test("every test that it quotes exists, in a file that the row names", () => {
    const missing = rows.flatMap(({ number, test: cell }) => {
        const ticked = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
        const texts = [...new Set(ticked.flatMap(meant))].map((path) =>
            readFileSync(path, "utf8").replaceAll('\\"', '"'),
        );
        return [...cell.matchAll(/"([^"]+)"/g)]
            .map(([, quoted = ""]) => quoted)
            .filter((quoted) => !texts.some((text) => isIn(text, quoted)))
            .map((quoted) => `${number}: ${quoted}`);
    });
    expect(missing).toEqual([]);
});
