/** When the edge's own certificates end. `up` reports this before, and renews a certificate if no client has to trust anything new. */

import type { KnownCertificate } from "./state-endings";

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/**
 * Days before its end in which a certificate is reported. `up` makes a new one of the same authority in these days;
 * a new authority has to be trusted by every client, so people decide when.
 */
const NOTICE_DAYS = { certificate: 60, authority: 365 } as const;

/** A certificate that has ended or soon will. */
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

/** Whether `up` renews a certificate: the new one has the same authority, so no client has to trust anything new. */
export function isRenewed({ kind }: Pick<KnownCertificate, "kind">): boolean {
    return kind !== "authority";
}

/** Arguments that make `pulumi up` renew the certificates that end soon, and that it may renew by itself. Pure. */
export function renewalArguments(ending: readonly EndingCertificate[]): string[] {
    return ending.filter(isRenewed).flatMap(({ urn }) => ["--replace", urn]);
}

/** For example `the edge's certificate ends in 12 days`. Pure. */
export function describeCertificate(certificate: EndingCertificate): string {
    const { days } = certificate;
    const when = days < 0 ? "has ended" : days === 0 ? "ends today" : `ends in ${days} day${days === 1 ? "" : "s"}`;
    return `${isRenewed(certificate) ? "the edge's certificate" : "the authority that clients trust"} ${when}`;
}
