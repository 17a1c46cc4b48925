/**
 * The command line's copy of a stack file.
 *
 * Pulumi's passphrase provider keeps a salt in the stack file, and a salt that is committed would tie every fresh
 * checkout to one passphrase. So a stack file without encryption settings of its own is never given to Pulumi; a copy
 * under `.strata/` is. It holds the committed settings, the salt or key of the stack's state, the references of images made here,
 * and what `pulumi config set` wrote there. Beside it is a record of what it was made of, which tells the two authors apart.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";

import { MADE_HERE } from "../../model/supply";
import { ExitCode, Failure } from "../failure";
import { type Encryption, encryptionIn } from "./encryption";
import { type CopyRecord, type Merged, mergeSettings, type Settings } from "./merge";
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
 * @param previous - the copy so far: its encryption lives on, and so does what was set on it
 * @param images - references by image name; those that `source` names win
 * @param record - what the copy was made of last time
 */
export function composeCopy(
    source: StackFile,
    previous: StackFile | undefined,
    images: Readonly<Record<string, string>>,
    record?: CopyRecord,
): StackFile {
    return {
        ...encryptionFor(source, previous),
        config: withImages(merged(source, previous, record).settings, images),
    };
}

/** The settings of a stack: what a run would be given, and which of them were made on this checkout's copy. */
export interface Effective {
    readonly file: StackFile;
    /** Paths of settings that the committed file has not, or has with another value. */
    readonly own: readonly string[];
}

/**
 * Reads what a run would be given, without writing anything.
 *
 * @param images - references of the images made on this machine; empty where published ones are used
 */
export function effectiveFile(stack: Stack, images: Readonly<Record<string, string>>): Effective {
    const source = readStackFile(stack.source);
    if (stack.source === stack.copy || encryptsItself(source)) {
        return { file: composeCopy(source, undefined, images), own: [] };
    }
    const previous = previousCopy(stack);
    const record = readRecord(stack);
    return {
        file: composeCopy(source, previous, images, record),
        own: merged(source, previous, record).own,
    };
}

/**
 * Brings the copy up to date and returns the file to give to Pulumi: the copy, or the source when that encrypts itself.
 *
 * @param images - references of the images made on this machine; empty where published ones are used
 */
export function refreshCopy(stack: Stack, images: Readonly<Record<string, string>>): string {
    const source = readStackFile(stack.source);
    const isOwnSource = stack.source === stack.copy;
    if (encryptsItself(source) && !isOwnSource) return stack.source;
    const previous = previousCopy(stack);
    const next = isOwnSource
        ? { ...encryptionFor(source, previous), config: withImages(withoutMadeHere(source.config), images) }
        : composeCopy(source, previous, images, readRecord(stack));
    const text = stringify(next);
    if (previous === undefined || readFileSync(stack.copy, "utf8") !== text) writeWhole(stack.copy, text);
    if (!isOwnSource) {
        const record = { source: withoutMadeHere(source.config), written: withoutMadeHere(next.config) };
        writeWhole(recordFile(stack), stringify(record));
    }
    return stack.copy;
}

/** Makes the copy encrypt as the stack's state does. */
export function saveEncryption(stack: Stack, encryption: Encryption): void {
    const copy = readStackFile(stack.copy);
    if (isDeepStrictEqual(encryptionIn(copy), encryption)) return;
    writeWhole(stack.copy, stringify({ ...encryption, config: copy.config }));
}

/** A copy that was edited since is the only one that says what was set on it, so that its record goes with the copy. */
function recordFile(stack: Stack): string {
    return `${stack.copy}.record`;
}

function readRecord(stack: Stack): CopyRecord | undefined {
    if (!existsSync(recordFile(stack)) || !existsSync(stack.copy)) return undefined;
    const { source, written } = parse(readFileSync(recordFile(stack), "utf8")) as Partial<CopyRecord>;
    return source && written ? { source, written } : undefined;
}

function previousCopy(stack: Stack): StackFile | undefined {
    return existsSync(stack.copy) ? readStackFile(stack.copy) : undefined;
}

function merged(source: StackFile, previous: StackFile | undefined, record: CopyRecord | undefined): Merged {
    return mergeSettings(withoutMadeHere(source.config), withoutMadeHere(previous?.config), record);
}

function encryptionFor(source: StackFile, previous: StackFile | undefined): Encryption {
    return { ...encryptionIn(previous ?? {}), ...encryptionIn(source) };
}

/** References to images of this machine are written anew each time: nobody set them. */
function withoutMadeHere(config: Settings | undefined): Settings {
    const { [IMAGES_KEY]: images, ...rest } = config ?? {};
    const written = Object.entries((images ?? {}) as Record<string, string>).filter(([, it]) => !MADE_HERE.test(it));
    return written.length > 0 ? { ...rest, [IMAGES_KEY]: Object.fromEntries(written) } : rest;
}

function withImages(settings: Settings, images: Readonly<Record<string, string>>): Settings {
    const references = { ...images, ...(settings[IMAGES_KEY] as Record<string, string> | undefined) };
    return { ...settings, [IMAGES_KEY]: Object.keys(references).length > 0 ? references : undefined };
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

/** A reader never sees half a file, and a killed writer leaves the old one. */
function writeWhole(path: string, text: string): void {
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, text, { mode: 0o600 });
    renameSync(partial, path);
}
