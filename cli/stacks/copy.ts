/**
 * The command line's copy of a stack file.
 *
 * Pulumi's passphrase provider keeps a salt in the stack file, and a salt that is committed would tie every fresh
 * checkout to one passphrase. So a stack file without encryption settings of its own is never given to Pulumi; a copy
 * under `.strata/` is. It holds the committed settings, the salt or key of the stack's state, the references of images made
 * here, and the secrets that were set on it.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";

import { ExitCode, Failure } from "../failure";
import { type Encryption, encryptionIn } from "./encryption";
import type { Stack } from "./stack";

/** A stack file, as Pulumi reads it. */
export interface StackFile {
    readonly secretsprovider?: string;
    readonly encryptedkey?: string;
    readonly encryptionsalt?: string;
    readonly config?: Readonly<Record<string, unknown>>;
}

/** Key of the image references in a stack file. */
export const IMAGES_KEY = "strata:images";

/** References that `offline/build/images.ts` gives out. */
const MADE_HERE = /^strata\/[a-z-]+:/;

/**
 * Whether a stack file holds all that opens its secrets. Such a file is used as it is. One that only names a key service has no
 * key yet: the copy gets it. Pure.
 */
export function encryptsItself(file: StackFile): boolean {
    return file.encryptionsalt !== undefined || file.encryptedkey !== undefined;
}

/**
 * What the copy should hold. Pure.
 *
 * @param source - the committed file
 * @param previous - the copy so far: its encryption and its secrets live on, everything else comes from `source`
 * @param images - references by image name; those that `source` names win
 */
export function composeCopy(
    source: StackFile,
    previous: StackFile | undefined,
    images: Readonly<Record<string, string>>,
): StackFile {
    const secrets = Object.entries(previous?.config ?? {}).filter(([, value]) => isSecret(value));
    const written = Object.entries((source.config?.[IMAGES_KEY] ?? {}) as Record<string, string>);
    // The source may be an earlier copy: what it says about images made here is out of date.
    const references = { ...images, ...Object.fromEntries(written.filter(([, it]) => !MADE_HERE.test(it))) };
    return {
        ...encryptionIn(previous ?? {}),
        ...encryptionIn(source),
        config: {
            ...Object.fromEntries(secrets),
            ...source.config,
            [IMAGES_KEY]: Object.keys(references).length > 0 ? references : undefined,
        },
    };
}

/**
 * Brings the copy up to date and returns the file to give to Pulumi: the copy, or the source when that encrypts itself.
 *
 * @param images - references of the images made on this machine; empty where published ones are used
 */
export function refreshCopy(stack: Stack, images: Readonly<Record<string, string>>): string {
    const source = readStackFile(stack.source);
    if (encryptsItself(source) && stack.source !== stack.copy) return stack.source;
    const previous = existsSync(stack.copy) ? readStackFile(stack.copy) : undefined;
    const text = stringify(composeCopy(source, previous, images));
    if (previous === undefined || readFileSync(stack.copy, "utf8") !== text) writeWhole(stack.copy, text);
    return stack.copy;
}

/** Makes the copy encrypt as the stack's state does. */
export function saveEncryption(stack: Stack, encryption: Encryption): void {
    const copy = readStackFile(stack.copy);
    if (isDeepStrictEqual(encryptionIn(copy), encryption)) return;
    writeWhole(stack.copy, stringify({ ...encryption, config: copy.config }));
}

/** Reads a stack file. @throws Failure when it is not YAML or not a mapping */
export function readStackFile(path: string): StackFile {
    let content: unknown;
    try {
        content = parse(readFileSync(path, "utf8"));
    } catch (error) {
        throw new Failure(
            `${path} cannot be read: ${(error as Error).message}`,
            "mend the YAML, then run it again",
            ExitCode.broken,
        );
    }
    if (content === null || content === undefined) return {};
    if (typeof content !== "object" || Array.isArray(content)) {
        throw new Failure(
            `${path} holds no mapping; accepted: config: {…}`,
            "see Pulumi.local.yaml for the form",
            ExitCode.broken,
        );
    }
    return content;
}

/** The engine that a stack file names. */
export function engineHost(file: StackFile): string {
    const engine = file.config?.["strata:engine"] as { host?: string } | undefined;
    return engine?.host ?? "unix:///var/run/docker.sock";
}

function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/** A reader never sees half a file, and a killed writer leaves the old one. */
function writeWhole(path: string, text: string): void {
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, text, { mode: 0o600 });
    renameSync(partial, path);
}
