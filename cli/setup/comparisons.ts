/** What the CLI and the plugins of a toolchain were compared with when they were downloaded. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { Finding } from "../preflight/finding";
import { LOCKED_DOWNLOADS } from "./downloads";

/** How one archive was compared. */
export interface Comparison {
    readonly sha256: string;
    /** What it was compared with: `lock` (the lock or a mirror's manifest), the URL of upstream's list, or `nothing`. */
    readonly with: string;
    /** Why it was compared with nothing. */
    readonly why?: string;
}

const FILE = "comparisons.json";
const LOCK = "lock with: npm run strata -- pins --write";

/** Keeps how an archive was compared, for `doctor`. */
export function remember(folder: string, archive: string, comparison: Comparison): void {
    mkdirSync(folder, { recursive: true });
    const known = { ...readComparisons(folder), [archive]: comparison };
    writeFileSync(join(folder, FILE), `${JSON.stringify(known, undefined, 2)}\n`);
}

/** How the archives in a toolchain's folder were compared, by file name. */
export function readComparisons(folder: string): Readonly<Record<string, Comparison>> {
    try {
        return JSON.parse(readFileSync(join(folder, FILE), "utf8")) as Record<string, Comparison>;
    } catch {
        return {};
    }
}

/**
 * Says which archives came without a locked digest, and which are not the ones that are locked now. Pure.
 *
 * @param archives - paths or names of the archives that count; older ones may be in the record
 */
export function judgeComparisons(
    comparisons: Readonly<Record<string, Comparison>>,
    archives: readonly string[],
    digests: Readonly<Record<string, string>> = LOCKED_DOWNLOADS,
): Finding[] {
    const taken = archives
        .map((path) => basename(path))
        .flatMap((name) => {
            const comparison = comparisons[name];
            return comparison === undefined ? [] : [{ name, ...comparison, locked: digests[name] }];
        });
    const others = taken.filter(
        ({ locked, sha256, with: by }) => by !== "lock" && locked !== undefined && locked !== sha256,
    );
    const unlocked = taken.filter(({ locked, with: by }) => by !== "lock" && locked === undefined);
    const listed = unlocked.filter(({ with: by }) => by !== "nothing");
    const unknown = unlocked.filter(({ with: by }) => by === "nothing");
    const what = "downloads";
    return [
        ...others.map(({ name, sha256, locked }): Finding => ({
            what: `download ${name}`,
            value: `SHA-256 was ${sha256}, locked is ${locked}`,
            verdict: "bad",
            fix: "somebody changed the file: remove published/ in the cache (~/.cache/strata), then: npm run setup",
        })),
        ...(listed.length > 0
            ? [
                  {
                      what,
                      value: `no locked digest; upstream's checksums agree: ${names(listed)}`,
                      verdict: "note",
                      fix: LOCK,
                  } as const,
              ]
            : []),
        ...(unknown.length > 0
            ? [
                  {
                      what,
                      value: `compared with nothing: ${names(unknown)} (${unknown[0]?.why ?? ""})`,
                      verdict: "note",
                      fix: LOCK,
                  } as const,
              ]
            : []),
    ];
}

function names(taken: readonly { readonly name: string }[]): string {
    return taken.map(({ name }) => name).join(", ");
}
