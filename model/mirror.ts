/** The address of a mirror, from which a stack can take its plugins and images. */

/** A stack's setting for its mirror. */
export interface MirrorAddress {
    /** URL of the mirror's folder, without a slash at the end. */
    readonly url: string;
    /**
     * SHA-256 of its `mirror.json`, in hex. With it, a change in the mirror is detected.
     * @default - the server at the URL is trusted
     */
    readonly sha256?: string | undefined;
}

/** What {@link mirrorAddress} accepts, for messages. */
export const MIRROR_ACCEPTED =
    "{ url, sha256? }: an https URL without login, query and slash at the end, or http with the SHA-256 of its mirror.json, or http of this machine";

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads a mirror's address. Plain http needs a digest, because anyone on the way could replace the programs.
 *
 * @returns undefined when the value is not an accepted address
 */
export function mirrorAddress(value: unknown): MirrorAddress | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const { url, sha256, ...others } = value as Record<string, unknown>;
    if (typeof url !== "string" || Object.keys(others).length > 0 || !URL.canParse(url)) return undefined;
    const { protocol, hostname, href, pathname, username, password, search, hash } = new URL(url);
    // Every message about the mirror would print a login. A URL with a query or fragment cannot have files below it.
    if (username + password + search + hash !== "" || !["https:", "http:"].includes(protocol)) return undefined;
    // Accepts only the normal spelling, so that two spellings are not two mirrors.
    if (url !== (pathname === "/" ? href.slice(0, -1) : href) || url.endsWith("/")) return undefined;
    if (sha256 !== undefined && (typeof sha256 !== "string" || !DIGEST.test(sha256))) return undefined;
    const isHere = hostname === "localhost" || /^127(\.\d+){3}$/.test(hostname);
    const isSafe = protocol === "https:" || isHere || sha256 !== undefined;
    return isSafe ? { url, ...(sha256 !== undefined && { sha256 }) } : undefined;
}
