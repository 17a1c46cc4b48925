/**
 * The command line's copy of a stack file.
 *
 * Pulumi's passphrase provider keeps a salt in the stack file, and a salt that is committed would tie every fresh
 * checkout to one passphrase. So a stack file without encryption settings of its own is never given to Pulumi; a copy
 * under `.strata/` is. It holds the committed settings, the salt or key of the stack's state, and what
 * `pulumi config set` wrote there. Beside it is a record of what it was made of, which tells the two authors apart.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";

import type { EngineConnection } from "../../model/engine-host";
import { mirrorAddress, type MirrorAddress } from "../../model/mirror";
import { MADE_HERE } from "../../model/supply";
import type { WrittenEngine } from "../../engine/choice";
import { Failure } from "../failure";
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

/** Key of what the command line found out about the engine. */
export const ENGINE_KEY = "strata:engineFound";

/** What the command line found out about the engine. */
export interface FoundEngine extends EngineConnection {
    /** API version that the environment uses; missing when the engine did not answer. */
    readonly api?: string | undefined;
}

/**
 * Whether a stack file holds all that opens its secrets. Such a file is used as it is. A file that only names a key service has no
 * key yet: the copy gets the key. Pure.
 */
export function encryptsItself(file: StackFile): boolean {
    return file.encryptionsalt !== undefined || file.encryptedkey !== undefined;
}

/** Whether Pulumi is given the stack's own file: then nothing that was found out about the engine reaches the program through it. */
export function isUsedAsItIs(stack: Stack, source: StackFile): boolean {
    return encryptsItself(source) && stack.source !== stack.copy;
}

/**
 * What the copy should hold. Pure.
 *
 * @param source - the committed file
 * @param previous - the copy so far: its encryption lives on, and so does what was set on it
 * @param record - what the copy was made of last time
 * @param engine - what was found out about the engine; without an answer, what `previous` knows of the same engine stays
 */
export function composeCopy(
    source: StackFile,
    previous?: StackFile,
    record?: CopyRecord,
    engine?: FoundEngine,
): StackFile {
    return {
        ...encryptionFor(source, previous),
        config: {
            ...merged(source, previous, record).settings,
            [ENGINE_KEY]: engine && withKnownApi(engine, (previous ?? source).config?.[ENGINE_KEY]),
        },
    };
}

/** The settings of a stack: what a run would be given, and which of them were made on this checkout's copy. */
export interface Effective {
    readonly file: StackFile;
    /** Paths of settings that the committed file lacks, or has with another value. */
    readonly own: readonly string[];
}

/**
 * Reads what a run would be given, without writing anything.
 *
 * @param engine - what was found out about the engine
 */
export function effectiveFile(stack: Stack, engine?: FoundEngine): Effective {
    const source = readStackFile(stack.source);
    if (stack.source === stack.copy || encryptsItself(source)) {
        return { file: composeCopy(source, undefined, undefined, engine), own: [] };
    }
    const previous = previousCopy(stack);
    const record = readRecord(stack);
    return {
        file: composeCopy(source, previous, record, engine),
        own: merged(source, previous, record).own,
    };
}

/**
 * Brings the copy up to date and returns the file to give to Pulumi: the copy, or the source when that encrypts itself.
 *
 * @param engine - what was found out about the engine
 */
export function refreshCopy(stack: Stack, engine?: FoundEngine): string {
    const source = readStackFile(stack.source);
    const isOwnSource = stack.source === stack.copy;
    if (isUsedAsItIs(stack, source)) return stack.source;
    const previous = previousCopy(stack);
    const next = isOwnSource
        ? composeCopy(source, undefined, undefined, engine)
        : composeCopy(source, previous, readRecord(stack), engine);
    const text = stringify(next);
    if (previous === undefined || readFileSync(stack.copy, "utf8") !== text) writeWhole(stack.copy, text);
    if (!isOwnSource) {
        const record = { source: withoutFound(source.config), written: withoutFound(next.config) };
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

/** The file with a copy's record. It lies beside the copy: only the copy and its record together say what was set on the copy. */
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
    return mergeSettings(withoutFound(source.config), withoutFound(previous?.config), record);
}

function encryptionFor(source: StackFile, previous: StackFile | undefined): Encryption {
    return { ...encryptionIn(previous ?? {}), ...encryptionIn(source) };
}

/** Settings without those that nobody set: what was found out about the engine, and the images that copies of 0.1 had in them. */
function withoutFound(config: Settings | undefined): Settings {
    const { [IMAGES_KEY]: images, [ENGINE_KEY]: _engine, ...rest } = config ?? {};
    const written = Object.entries((images ?? {}) as Record<string, string>).filter(([, it]) => !MADE_HERE.test(it));
    return written.length > 0 ? { ...rest, [IMAGES_KEY]: Object.fromEntries(written) } : rest;
}

/** Reads a stack file. @throws Failure when it is not YAML or not a mapping */
export function readStackFile(path: string): StackFile {
    let content: unknown;
    try {
        content = parse(readFileSync(path, "utf8"));
    } catch (error) {
        throw new Failure(
            `${path} cannot be read: ${(error as Error).message}`,
            "mend the YAML, then run it again; nothing was touched",
        );
    }
    if (content === null || content === undefined) return {};
    if (typeof content !== "object" || Array.isArray(content)) {
        throw new Failure(
            `${path} holds no mapping; accepted: config: {…}`,
            "see Pulumi.local.yaml for the form; nothing was touched",
        );
    }
    return content;
}

/** What a stack file says about its engine. A value of the wrong kind is a problem of the configuration, reported elsewhere. */
export function writtenEngine(file: StackFile): WrittenEngine {
    const written = file.config?.["strata:engine"];
    const { host, certPath } = (typeof written === "object" && written !== null ? written : {}) as Record<
        string,
        unknown
    >;
    return {
        ...(typeof host === "string" && host !== "" && { host }),
        ...(typeof certPath === "string" && { certPath }),
    };
}

/** The mirror that a stack file names. A value of another form is a problem of the configuration, reported elsewhere. */
export function writtenMirror(file: StackFile): MirrorAddress | undefined {
    return mirrorAddress(file.config?.["strata:mirror"]);
}

/** The API version that a stack file names. */
export function writtenApi(file: StackFile): string | undefined {
    const { api } = (file.config?.["strata:engine"] ?? {}) as { api?: unknown };
    return typeof api === "string" ? api : undefined;
}

function withKnownApi({ host, certPath, api }: FoundEngine, known: unknown): FoundEngine {
    const before = known as FoundEngine | undefined;
    const version = api ?? (before?.host === host ? before.api : undefined);
    return { host, ...(certPath !== undefined && { certPath }), ...(version !== undefined && { api: version }) };
}

/** Writes a file as a whole: a reader never sees half a file, and a killed writer leaves the old file. */
function writeWhole(path: string, text: string): void {
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, text, { mode: 0o600 });
    renameSync(partial, path);
}
