/** Services' logins to Vault that end soon, for a reminder before they do. */

import type { KnownSecretId } from "./state-endings";

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** Days before its end in which a login is reported: a third of its life. */
const NOTICE_DAYS = 30;

/** A login that has ended or soon will. */
export interface EndingLogin {
    readonly service: string;
    /** Whole days that are left; negative once it has ended. */
    readonly days: number;
}

/** Logins that have ended or soon will, the most urgent first. Pure. */
export function endingLogins(secretIds: readonly KnownSecretId[], now: number): EndingLogin[] {
    return secretIds
        .flatMap(({ service, ends }) =>
            ends === undefined ? [] : [{ service, days: Math.floor((ends - now) / DAY_MILLISECONDS) }],
        )
        .filter(({ days }) => days < NOTICE_DAYS)
        .sort((a, b) => a.days - b.days || a.service.localeCompare(b.service));
}

/** For example `logins to Vault end in 12 days: psra-api, psra-web`; those of one day together. Pure. */
export function describeEnding(logins: readonly EndingLogin[]): string[] {
    return [...new Set(logins.map(({ days }) => days))].map((days) => {
        const services = logins.filter((login) => login.days === days).map(({ service }) => service);
        const when = days < 0 ? "have ended" : days === 0 ? "end today" : `end in ${days} day${days === 1 ? "" : "s"}`;
        return `logins to Vault ${when}: ${services.join(", ")}`;
    });
}
