/** Test files that passed on this machine, by the key of what their result depends on. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file of which every test ran and passed. */
export interface Pass {
    /** Path below the checkout. */
    readonly file: string;
    /** When, as an ISO date. */
    readonly at: string;
    readonly tests: number;
}

/** Milliseconds for which a pass counts. What no key can see, such as the machine's clock or packet filter, changes too. */
export const BELIEVED = 7 * 24 * 3600 * 1000;

/** The folder of passes in a cache. */
export function passFolder(cache: string): string {
    return join(cache, "conformance");
}

/** The pass with a key. @param now - milliseconds @returns undefined without one that is whole and young enough */
export function readPass(folder: string, key: string, now: number): Pass | undefined {
    try {
        const { file, at, tests } = JSON.parse(readFileSync(fileOf(folder, key), "utf8")) as Partial<Pass>;
        const age = now - Date.parse(at ?? "");
        const isWhole = file !== undefined && at !== undefined && Number.isInteger(tests) && (tests ?? 0) > 0;
        return isWhole && age >= 0 && age < BELIEVED ? { file, at, tests: tests! } : undefined;
    } catch {
        return undefined;
    }
}

/** Keeps a pass, which appears whole or not at all, and removes those that are too old. */
export function keepPass(folder: string, key: string, pass: Pass): void {
    mkdirSync(folder, { recursive: true });
    const now = Date.parse(pass.at);
    for (const name of readdirSync(folder)) {
        if (readPass(folder, name.replace(/\.json$/, ""), now) === undefined)
            rmSync(join(folder, name), { force: true });
    }
    const partial = `${fileOf(folder, key)}.${process.pid}`;
    writeFileSync(partial, `${JSON.stringify(pass)}\n`);
    renameSync(partial, fileOf(folder, key));
}

/** Forgets a key: its file has failed. */
export function forgetPass(folder: string, key: string): void {
    rmSync(fileOf(folder, key), { force: true });
}

function fileOf(folder: string, key: string): string {
    return join(folder, `${key}.json`);
}
