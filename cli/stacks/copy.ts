/**
 * The command line's copy of a stack file.
 *
 * Pulumi's passphrase provider keeps a salt in the stack file, and a salt that is committed would tie every fresh
 * checkout to one passphrase. So a stack file without encryption settings of its own is never given to Pulumi; a copy
 * under `.strata/` is. It holds the committed settings, this checkout's salt, the references of images made here, and
 * the secrets that were set on it.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";

import type { EngineConnection } from "../../model/engine-host";
import type { WrittenEngine } from "../engine/choice";
import { ExitCode, Failure } from "../failure";
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

/** References that `offline/build/images.ts` gives out, or gave out under the former name. */
const MADE_HERE = /^strata(\.invalid)?\/[a-z0-9-]+:/;

/** Whether a stack file says itself how secrets are encrypted. Such a file is used as it is. Pure. */
export function encryptsItself(file: StackFile): boolean {
    return file.secretsprovider !== undefined || file.encryptionsalt !== undefined || file.encryptedkey !== undefined;
}

/** Whether Pulumi is given the stack's own file: then nothing that was found out about the engine reaches the program through it. */
export function isUsedAsItIs(stack: Stack, source: StackFile): boolean {
    return encryptsItself(source) && stack.source !== stack.copy;
}

/**
 * What the copy should hold. Pure.
 *
 * @param source - the committed file
 * @param previous - the copy so far: its salt and its secrets live on, everything else comes from `source`
 * @param images - references by image name; those that `source` names win
 * @param engine - what was found out about the engine; without an answer, what `previous` knows of the same engine stays
 */
export function composeCopy(
    source: StackFile,
    previous: StackFile | undefined,
    images: Readonly<Record<string, string>>,
    engine?: FoundEngine,
): StackFile {
    const secrets = Object.entries(previous?.config ?? {}).filter(([, value]) => isSecret(value));
    const written = Object.entries((source.config?.[IMAGES_KEY] ?? {}) as Record<string, string>);
    // The source may be an earlier copy: what it says about images made here is out of date.
    const references = { ...images, ...Object.fromEntries(written.filter(([, it]) => !MADE_HERE.test(it))) };
    return {
        ...(previous?.encryptionsalt === undefined ? {} : { encryptionsalt: previous.encryptionsalt }),
        config: {
            ...Object.fromEntries(secrets),
            ...source.config,
            [IMAGES_KEY]: Object.keys(references).length > 0 ? references : undefined,
            [ENGINE_KEY]: engine && withKnownApi(engine, (previous ?? source).config?.[ENGINE_KEY]),
        },
    };
}

/**
 * Brings the copy up to date and returns the file to give to Pulumi: the copy, or the source when that encrypts itself.
 *
 * @param images - references of the images made on this machine; empty where published ones are used
 * @param engine - what was found out about the engine
 */
export function refreshCopy(stack: Stack, images: Readonly<Record<string, string>>, engine?: FoundEngine): string {
    const source = readStackFile(stack.source);
    if (isUsedAsItIs(stack, source)) return stack.source;
    const previous = existsSync(stack.copy) ? readStackFile(stack.copy) : undefined;
    const text = stringify(composeCopy(source, previous, images, engine));
    if (previous === undefined || readFileSync(stack.copy, "utf8") !== text) writeWhole(stack.copy, text);
    return stack.copy;
}

/** Puts this checkout's salt into the copy. */
export function saveSalt(stack: Stack, salt: string): void {
    writeWhole(stack.copy, stringify({ ...readStackFile(stack.copy), encryptionsalt: salt }));
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

/** What a stack file says about its engine. What is of the wrong kind is a problem of the configuration, reported elsewhere. */
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

function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/** A reader never sees half a file, and a killed writer leaves the old one. */
function writeWhole(path: string, text: string): void {
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, text, { mode: 0o600 });
    renameSync(partial, path);
}
