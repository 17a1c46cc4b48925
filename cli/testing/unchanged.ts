/** Files of `conformance` that need not run, because they passed and nothing that their result depends on has changed. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { type Ingredients, keyOf, ownIngredients, sharedIngredients, type Tested } from "./conformance-key";
import { forgetPass, keepPass, type Pass, readPass } from "./passes";
import type { Run } from "./jest";
import type { FileResult, Selection, Suite, Tally } from "./suites";

const FOLDER = join("test", "conformance");

/** Keys by path below the checkout. */
export type Keys = ReadonlyMap<string, string>;

const NONE: Keys = new Map();

const NOTHING_RAN: Tally = { passed: 0, failed: 0, skipped: 0, couldNotRun: false };

/** A run of suites, `conformance` perhaps among them. */
export interface Request {
    readonly suites: readonly Suite[];
    readonly selection: Selection;
    /** Whether nothing is left out. */
    readonly all: boolean;
    /** Looks at what the tests run against. */
    readonly tested: () => Promise<Tested>;
    /** Where passes are kept. */
    readonly folder: string;
    readonly say: (line: string) => void;
}

/**
 * Runs the files that have to run, and records which of them passed.
 *
 * @param run - runs suites with options of jest
 * @returns the numbers of what ran, and a line about what did not
 */
export async function runChanged(
    { suites, selection, all, tested, folder, say }: Request,
    run: (suites: readonly Suite[], options: readonly string[]) => Promise<Run>,
): Promise<{ readonly tally: Tally; readonly line?: string }> {
    if (!suites.includes("conformance")) return { tally: (await run(suites, [])).tally };
    const keys = async (): Promise<Keys> => {
        try {
            return await conformanceKeys(await tested());
        } catch (error) {
            say(`what conformance depends on cannot be told, so no pass is used or kept: ${(error as Error).message}`);
            return NONE;
        }
    };
    const before = selection.jest.length === 0 ? await keys() : NONE;
    const passes = mayLeaveOut(selection) && !all ? passesOf(before, folder, Date.now()) : [];
    for (const { file, at, tests } of passes)
        say(`${file} is not run: its ${tests} tests passed at ${at}, and nothing has changed`);
    const isWhole = passes.length > 0 && passes.length === before.size;
    const wanted = isWhole ? suites.filter((suite) => suite !== "conformance") : suites;
    const line = passes.length > 0 ? { line: unchangedLine(passes, before.size) } : {};
    if (wanted.length === 0) return { tally: NOTHING_RAN, ...line };
    const { tally, files } = await run(wanted, isWhole ? [] : leaveOut(passes));
    const results = files.filter(({ file }) => file.startsWith(`${FOLDER}/`));
    if (results.length > 0) keepResults(results, { before, after: await keys() }, folder, Date.now());
    return { tally, ...line };
}

/** Whether passes may stand in for a run. If the user names `conformance` alone, or a file, it is run. Pure. */
export function mayLeaveOut({ suites, jest }: Selection): boolean {
    return suites.length > 1 && suites.includes("conformance") && jest.length === 0;
}

/**
 * The keys of all files of `conformance`, as everything is now.
 *
 * @throws Error when something that belongs to a key is missing
 */
export async function conformanceKeys(tested: Tested): Promise<Keys> {
    const shared = await sharedIngredients(tested);
    const keyed = filesIn(tested.root).map(async (file): Promise<[string, string]> => {
        const own: Ingredients = await ownIngredients(tested.root, join(tested.root, file));
        return [file, keyOf({ ...shared, ...own, file })];
    });
    return new Map(await Promise.all(keyed));
}

/** The passes that stand in for a run. @param now - milliseconds */
export function passesOf(keys: Keys, folder: string, now: number): Pass[] {
    return [...keys].flatMap(([file, key]) => {
        const pass = readPass(folder, key, now);
        return pass?.file === file ? [pass] : [];
    });
}

/** Keys around a run. */
export interface Around {
    /** Empty when the run was of single tests or files: then nothing is kept. */
    readonly before: Keys;
    readonly after: Keys;
}

/**
 * Forgets files that failed, and keeps those of which every test passed while their key stayed the same.
 *
 * @param now - milliseconds
 */
export function keepResults(
    results: readonly FileResult[],
    { before, after }: Around,
    folder: string,
    now: number,
): void {
    for (const { file, passed, failed, skipped } of results) {
        const key = after.get(file);
        if (key === undefined) continue;
        if (failed > 0) forgetPass(folder, key);
        else if (passed > 0 && skipped === 0 && before.get(file) === key) {
            keepPass(folder, key, { file, at: new Date(now).toISOString(), tests: passed });
        }
    }
}

/** Words for the end of a run. Tests that were left out are in none of its other numbers. Pure. @param files - of `conformance`, all */
export function unchangedLine(passes: readonly Pass[], files: number): string {
    const tests = passes.reduce((all, pass) => all + pass.tests, 0);
    const newest =
        passes
            .map(({ at }) => at)
            .sort()
            .at(-1) ?? "";
    const some = passes.length === files ? "" : `${passes.length} of ${files} files `;
    return `conformance: ${some}unchanged since ${newest.slice(0, 10)}, ${tests} tests, not run again; run with --all`;
}

/** Options that leave files out of a run of jest, which replace its default. Pure. */
export function leaveOut(passes: readonly Pass[]): string[] {
    const patterns = passes.map(({ file }) => `/${file.replaceAll(".", "\\.")}$`);
    return patterns.length === 0 ? [] : ["--testPathIgnorePatterns", "/node_modules/", ...patterns];
}

function filesIn(root: string): string[] {
    const folder = join(root, FOLDER);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts"))
        .sort()
        .map((name) => join(FOLDER, name));
}
