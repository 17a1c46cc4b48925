/**
 * What PGP public keys and messages say about themselves, told from their packets: OpenPGP, https://www.rfc-editor.org/rfc/rfc9580
 */

import { createHash } from "node:crypto";

/** Algorithms that encrypt (9.1): RSA, RSA encrypt-only, Elgamal, ECDH, X25519, X448. */
const ENCRYPTING: readonly number[] = [1, 2, 16, 18, 25, 26];
/** Types of packets (5). */
const SIGNATURE = 2;
const KEYS: readonly number[] = [6, 14];
const ENCRYPTED_SESSION_KEY = 1;
/** Type of the signature subpacket with what a key may be used for, and its bit for encryption of messages (5.2.3.29). */
const KEY_FLAGS = 27;
const ENCRYPTS_COMMUNICATIONS = 0x04;

/**
 * Whether a key, or one of its subkeys, has an algorithm that encrypts and is meant for encryption. A key without usage
 * flags may be used for everything that its algorithm can do.
 *
 * Neither signatures nor dates are checked: an environment with an initialised Vault keeps working when an operator's key
 * has expired.
 *
 * @param key - as `gpg --export <id> | base64 --wrap=0` prints it
 */
export function canEncrypt(key: string): boolean {
    const found: { readonly algorithm: number; flags: number | undefined }[] = [];
    for (const { type, body } of packetsOf(Buffer.from(key, "base64"))) {
        const current = found.at(-1);
        if (KEYS.includes(type)) found.push({ algorithm: body[5] ?? 0, flags: undefined });
        else if (type === SIGNATURE && body[0] === 4 && current) current.flags = keyFlags(body) ?? current.flags;
    }
    return found.some(
        ({ algorithm, flags = ENCRYPTS_COMMUNICATIONS }) =>
            ENCRYPTING.includes(algorithm) && (flags & ENCRYPTS_COMMUNICATIONS) !== 0,
    );
}

/**
 * The ids of a key and of its subkeys, in hexadecimal. Keys of another version than 4 have ids that this does not know.
 *
 * @param key - as for {@link canEncrypt}
 */
export function keyIdsOf(key: string): string[] {
    return [...packetsOf(Buffer.from(key, "base64"))]
        .filter(({ type, body }) => KEYS.includes(type) && body[0] === 4)
        .map(({ body }) => {
            // The last eight bytes of the fingerprint (5.5.4.2).
            const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
            return createHash("sha1").update(head).update(body).digest("hex").slice(-16);
        });
}

/**
 * The id of the key that opens a message, in hexadecimal, as {@link keyIdsOf} has it.
 *
 * @param message - binary, in base64
 * @returns `undefined` when the message does not say it
 */
export function recipientOf(message: string): string | undefined {
    const [first] = packetsOf(Buffer.from(message, "base64"));
    if (first?.type !== ENCRYPTED_SESSION_KEY || first.body[0] !== 3) return undefined;
    const id = first.body.subarray(1, 9).toString("hex");
    // Zeros stand for a recipient who is not named (5.1.1).
    return /^0*$/.test(id) ? undefined : id;
}

/** The packets of a binary export, up to the first that is cut off (4.2). */
function* packetsOf(bytes: Buffer): Generator<{ readonly type: number; readonly body: Buffer }> {
    for (let at = 0; at < bytes.length && (bytes[at]! & 0x80) !== 0;) {
        const tag = bytes[at]!;
        const isNew = (tag & 0x40) !== 0;
        const size = isNew ? undefined : ([1, 2, 4] as const)[tag & 3];
        if (!isNew && size === undefined) return;
        const [length, start] =
            size === undefined ? lengthAt(bytes, at + 1) : [numberAt(bytes, at + 1, size), at + 1 + size];
        yield { type: isNew ? tag & 0x3f : (tag >> 2) & 0x0f, body: bytes.subarray(start, start + length) };
        at = start + length;
    }
}

/** A length of one, two or five bytes, and where what it counts begins (4.2.1.1). */
function lengthAt(bytes: Buffer, at: number): [length: number, start: number] {
    const first = bytes[at] ?? 0;
    if (first < 192) return [first, at + 1];
    if (first < 255) return [numberAt(bytes, at, 2) - (192 << 8) + 192, at + 2];
    return [numberAt(bytes, at + 1, 4), at + 5];
}

/** A number of so many bytes, the highest first. Bytes after the end count as 0. */
function numberAt(bytes: Buffer, at: number, size: number): number {
    return Array.from({ length: size }, (_, index) => bytes[at + index] ?? 0).reduce(
        (sum, byte) => sum * 256 + byte,
        0,
    );
}

/** The key flags among the hashed subpackets of a signature (5.2.3). */
function keyFlags(signature: Buffer): number | undefined {
    const subpackets = signature.subarray(6, 6 + numberAt(signature, 4, 2));
    for (let at = 0; at < subpackets.length;) {
        const [length, start] = lengthAt(subpackets, at);
        if (((subpackets[start] ?? 0) & 0x7f) === KEY_FLAGS) return subpackets[start + 1];
        at = start + length;
    }
    return undefined;
}
