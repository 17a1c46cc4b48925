/** Where a stack's plugins and images come from when they come from a mirror. */

/** What a stack says of its mirror. */
export interface MirrorAddress {
    /** URL of the mirror's folder, without a slash at the end. */
    readonly url: string;
    /** SHA-256 of its `mirror.json`, in hex: with it nothing in the mirror can change unseen. @default - whoever serves the URL is believed */
    readonly sha256?: string | undefined;
}

/** What {@link mirrorAddress} takes. */
export const MIRROR_ACCEPTED =
    "{ url, sha256? }: an https URL without login, query and slash at the end, or http with the SHA-256 of its mirror.json, or http of this machine";

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads an address. Over plain http anybody on the way could put programs in place of ours, so that it takes a digest.
 *
 * @returns undefined when it is none
 */
export function mirrorAddress(value: unknown): MirrorAddress | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const { url, sha256, ...others } = value as Record<string, unknown>;
    if (typeof url !== "string" || Object.keys(others).length > 0 || !URL.canParse(url)) return undefined;
    const { protocol, hostname, href, pathname, username, password, search, hash } = new URL(url);
    // A login would be printed with every message about the mirror, and what is behind a path cannot have files below it.
    if (username + password + search + hash !== "" || !["https:", "http:"].includes(protocol)) return undefined;
    // As it is written, so that two spellings are not two mirrors.
    if (url !== (pathname === "/" ? href.slice(0, -1) : href) || url.endsWith("/")) return undefined;
    if (sha256 !== undefined && (typeof sha256 !== "string" || !DIGEST.test(sha256))) return undefined;
    const isHere = hostname === "localhost" || /^127(\.\d+){3}$/.test(hostname);
    const isSafe = protocol === "https:" || isHere || sha256 !== undefined;
    return isSafe ? { url, ...(sha256 !== undefined && { sha256 }) } : undefined;
}
