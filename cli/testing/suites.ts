/** The test levels, in the order in which they run, and how their results add up. */

import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { rejected } from "../failure";
import { projectRoot } from "../places";

/** Folders below `test/`, the quick ones first. */
export const SUITES = ["unit", "policy", "golden", "conformance", "integration"] as const;

/** A test level. */
export type Suite = (typeof SUITES)[number];

/** What `npm test -- …` asks for. */
export interface Selection {
    readonly suites: readonly Suite[];
    /** Handed on to jest. */
    readonly jest: readonly string[];
}

/** Numbers of one or more suites. */
export interface Tally {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /** A suite or one of its files could not run: its tests are in no other number. */
    readonly couldNotRun: boolean;
}

/**
 * Leading words are suites; from the first other word on, everything is jest's. Pure.
 *
 * @throws Failure for a single word that is neither a suite nor a path
 */
export function selectSuites(args: readonly string[]): Selection {
    const isSuite = (word: string): word is Suite => (SUITES as readonly string[]).includes(word);
    const end = args.findIndex((word) => !isSuite(word));
    const words = end < 0 ? args : args.slice(0, end);
    const rest = end < 0 ? [] : args.slice(end);
    const [first] = rest;
    if (first !== undefined && /^[a-z]+$/.test(first)) {
        throw rejected("suite", first, SUITES, "for a pattern of paths, write it with a slash: test/unit/cli");
    }
    const chosen = words.filter(isSuite);
    return { suites: chosen.length > 0 ? SUITES.filter((suite) => chosen.includes(suite)) : SUITES, jest: rest };
}

/** Numbers of one file. */
export interface FileResult {
    /** Path below the checkout. */
    readonly file: string;
    readonly passed: number;
    /** Tests that failed, or 1 when the file could not run. */
    readonly failed: number;
    /** Tests that did not run. */
    readonly skipped: number;
}

/** Reads from what `jest --json` wrote how each file ended. Pure. @param root - of the checkout */
export function readFiles(document: unknown, root: string): FileResult[] {
    const { testResults = [] } = document as {
        testResults?: readonly {
            readonly name: string;
            readonly status: string;
            readonly assertionResults: readonly { readonly status: string }[];
        }[];
    };
    return testResults.map(({ name, status, assertionResults }) => {
        const count = (wanted: string): number => assertionResults.filter((it) => it.status === wanted).length;
        const [passed, failed] = [count("passed"), count("failed")];
        return {
            file: relative(root, name),
            passed,
            failed: status === "passed" ? failed : Math.max(failed, 1),
            skipped: assertionResults.length - passed - failed,
        };
    });
}

/** Reads what `jest --json` wrote. Pure. */
export function readResults(document: unknown): Tally {
    const it = document as Record<string, number | undefined>;
    return {
        passed: it.numPassedTests ?? 0,
        failed: it.numFailedTests ?? 0,
        skipped: (it.numPendingTests ?? 0) + (it.numTodoTests ?? 0),
        couldNotRun: (it.numRuntimeErrorTestSuites ?? 0) > 0,
    };
}

/** Adds tallies up. Pure. */
export function total(tallies: readonly Tally[]): Tally {
    const sum = (of: (tally: Tally) => number): number => tallies.reduce((all, tally) => all + of(tally), 0);
    return {
        passed: sum(({ passed }) => passed),
        failed: sum(({ failed }) => failed),
        skipped: sum(({ skipped }) => skipped),
        couldNotRun: tallies.some(({ couldNotRun }) => couldNotRun),
    };
}

/** `12 passed, 0 failed`, and what was skipped if anything was. Pure. */
export function closingLine({ passed, failed, skipped }: Tally): string {
    return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Whether a suite has any test file. */
export function hasTests(suite: Suite): boolean {
    const folder = join(projectRoot, "test", suite);
    return (
        existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith(".test.ts"))
    );
}
