/**
 * Signatures of webhooks, in and out, by the Standard Webhooks specification: an id, a time and the body are signed with a key that both
 * sides know. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

import { createHmac, timingSafeEqual } from "node:crypto";

/** Headers of a signed request. */
export const HEADERS = { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" } as const;

/** Seconds by which a request's time may differ from this machine's. An older request may be one that somebody recorded. */
const TOLERANCE = 300;

/** Ids end up in workflow ids, database rows and paths. */
const ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** What is signed besides the key. */
export interface Signed {
    readonly id: string;
    /** Seconds since 1970. */
    readonly timestamp: number;
    readonly body: string | Buffer;
}

export function sign(key: string, { id, timestamp, body }: Signed): string {
    const content = createHmac("sha256", keyBytes(key)).update(`${id}.${timestamp}.`).update(body);
    return `v1,${content.digest("base64")}`;
}

/** The headers with which a request goes out. */
export function signedHeaders(key: string, signed: Signed): Readonly<Record<string, string>> {
    return {
        [HEADERS.id]: signed.id,
        [HEADERS.timestamp]: String(signed.timestamp),
        [HEADERS.signature]: sign(key, signed),
    };
}

/** A key is text, or Base64 behind `whsec_` as the specification writes it. */
function keyBytes(key: string): Buffer {
    const prefix = "whsec_";
    return key.startsWith(prefix) ? Buffer.from(key.slice(prefix.length), "base64") : Buffer.from(key, "utf8");
}

/** Outcome of {@link verify}: the signed id, or what is wrong. */
export type Verified = { readonly id: string } | { readonly problem: string };

/**
 * Checks a request's signature. A sender that changes its key signs with both: one of several signatures has to fit.
 *
 * @param headers - by name in small letters
 * @param now - seconds since 1970
 */
export function verify(
    key: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Buffer,
    now: number,
): Verified {
    const [id = "", time = "", signatures = ""] = Object.values(HEADERS).map((name) => String(headers[name] ?? ""));
    if (!ID.test(id)) return { problem: `${HEADERS.id} is missing, or not letters, digits, "_", "." and "-"` };
    const timestamp = Number(time);
    if (!/^\d+$/.test(time) || Math.abs(now - timestamp) > TOLERANCE) {
        return { problem: `${HEADERS.timestamp} is missing, or more than ${TOLERANCE} seconds away` };
    }
    const expected = Buffer.from(sign(key, { id, timestamp, body }));
    const fits = signatures.split(" ").some((signature) => {
        const given = Buffer.from(signature);
        return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return fits ? { id } : { problem: `${HEADERS.signature} does not fit` };
}
