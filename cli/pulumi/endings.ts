/** Logins, authorities and certificates that end soon: `up` and `status` report them. A new kind is one more line in {@link SOURCES}. */

import { npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { describeCertificate, endingCertificates, isRenewed } from "./certificates";
import { describeEnding, endingLogins } from "./secret-ids";
import type { KnownState } from "./state";

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** Days before its end in which an authority is reported. */
export const AUTHORITY_NOTICE_DAYS = 60;

/** Something that has ended, or soon will. */
export interface Ending {
    /** For example `authority of psra ends in 12 days`. */
    readonly text: string;
    /** Whole days that are left; negative once it has ended. */
    readonly days: number;
    /** The command that makes a new one. */
    readonly next: string;
}

/** Finds the endings of one kind, the most urgent first. Pure. */
export type EndingSource = (state: KnownState, environment: string, now: number) => readonly Ending[];

const SOURCES: readonly EndingSource[] = [logins, authorities, certificates];

/** Everything that has ended or soon will. Pure. */
export function endings(state: KnownState, environment: string, now: number): Ending[] {
    return SOURCES.flatMap((source) => source(state, environment, now));
}

/** Says what has ended or soon will, and what to do about it. */
export function remind(progress: Progress, found: readonly Ending[]): void {
    for (const { text, days } of found) progress.line(days < 0 ? "✗" : "!", text);
    for (const next of new Set(found.map((ending) => ending.next))) progress.print(`  next: ${next}`);
}

/** For example `in 12 days`. */
export function daysUntil(ends: number, now: number): { readonly days: number; readonly when: string } {
    const days = Math.floor((ends - now) / DAY_MILLISECONDS);
    const when = days < 0 ? "has ended" : days === 0 ? "ends today" : `ends in ${days} day${days === 1 ? "" : "s"}`;
    return { days, when };
}

function logins({ secretIds }: KnownState, environment: string, now: number): Ending[] {
    const next = npmRun("strata", environment, "rotate", "secret-ids");
    const ending = endingLogins(secretIds, now);
    return [...new Set(ending.map(({ days }) => days))].map((days) => ({
        text: describeEnding(ending.filter((login) => login.days === days))[0]!,
        days,
        next,
    }));
}

function authorities({ authorities: known }: KnownState, environment: string, now: number): Ending[] {
    const next = npmRun("strata", environment, "rotate", "authorities");
    return known
        .map(({ owner, isRoot, ends }) => {
            const { days, when } = daysUntil(ends, now);
            return { text: `${isRoot ? "root authority" : `authority of ${owner}`} ${when}`, days, next };
        })
        .filter(({ days }) => days < AUTHORITY_NOTICE_DAYS)
        .sort((a, b) => a.days - b.days);
}

function certificates({ certificates: known }: KnownState, environment: string, now: number): Ending[] {
    return endingCertificates(known, now).map((certificate) => ({
        text: describeCertificate(certificate),
        days: certificate.days,
        next: isRenewed(certificate) ? npmRun("up", environment) : 'see "When the authority ends" in docs/edge.md',
    }));
}
