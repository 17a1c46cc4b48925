/** When the edge's own certificates end: told before they do, and made anew where that takes nobody's trust. */

import type { KnownCertificate } from "./state-endings";

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/**
 * Days before its end in which a certificate is talked about. `up` makes a new one of the same authority in these days;
 * a new authority has to be trusted by every client, so people decide when.
 */
const NOTICE_DAYS = { certificate: 60, authority: 365 } as const;

/** A certificate that somebody has to think of. */
export interface EndingCertificate extends Pick<KnownCertificate, "urn" | "kind"> {
    /** Whole days that are left; negative once it has ended. */
    readonly days: number;
}

/** Certificates that have ended or soon will, the most urgent first. Pure. */
export function endingCertificates(certificates: readonly KnownCertificate[], now: number): EndingCertificate[] {
    return certificates
        .map(({ urn, kind, ends }) => ({ urn, kind, days: Math.floor((ends - now) / DAY_MILLISECONDS) }))
        .filter(({ kind, days }) => days < NOTICE_DAYS[kind])
        .sort((a, b) => a.days - b.days || a.kind.localeCompare(b.kind));
}

/** Whether `up` makes a new one: it has the same authority, so no client has to trust anything else. */
export function isRenewed({ kind }: Pick<KnownCertificate, "kind">): boolean {
    return kind !== "authority";
}

/** What makes `pulumi up` issue anew what ends soon and can be issued without anybody's help. Pure. */
export function renewalArguments(ending: readonly EndingCertificate[]): string[] {
    return ending.filter(isRenewed).flatMap(({ urn }) => ["--replace", urn]);
}

/** For example `the edge's certificate ends in 12 days`. Pure. */
export function describeCertificate(certificate: EndingCertificate): string {
    const { days } = certificate;
    const when = days < 0 ? "has ended" : days === 0 ? "ends today" : `ends in ${days} day${days === 1 ? "" : "s"}`;
    return `${isRenewed(certificate) ? "the edge's certificate" : "the authority that clients trust"} ${when}`;
}
