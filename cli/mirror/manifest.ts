/**
 * A mirror: a folder that any web server can serve, and a registry with the images. `mirror.json` in the folder says what both
 * hold, so that a stack names one URL (`strata:mirror`).
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { PINNED } from "../../model/image-reference";
import { MIRROR_ACCEPTED, mirrorAddress, type MirrorAddress } from "../../model/mirror";
import { type Origin, originOf } from "../../model/supply";
import { Failure, rejected } from "../failure";
import { withoutLogins } from "../output/text";
import { reasonOf } from "../setup/downloads";

/** Name of the manifest in the mirror's folder. */
export const MANIFEST = "mirror.json";

/** For machines without a stack, and for stacks that name no mirror: `<url>` or `<url>#sha256=<digest of mirror.json>`. */
export const MIRROR_VARIABLE = "STRATA_MIRROR";

const DIGEST = /^[0-9a-f]{64}$/;
const PATIENCE = 10_000;

/** Version of the manifest's form. */
const FORMAT = 1;

/** What a mirror holds. */
export interface Manifest {
    /** References by image name, pinned by digest. */
    readonly images: Readonly<Record<string, string>>;
    /** SHA-256 by path below the mirror's URL. */
    readonly files: Readonly<Record<string, string>>;
    /** What plugins and images are: those of upstream, or made by the machine that filled the mirror. */
    readonly origin: Origin;
}

/** A mirror, and what it holds. */
export interface Mirror extends MirrorAddress, Manifest {
    /** Whether the mirror did not answer, so that this is what it held before. */
    readonly isRemembered: boolean;
}

/** The manifest's text, the same for the same content. */
export function manifestText({ images, files, origin }: Manifest): string {
    const sorted = (entries: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
    const content = { format: FORMAT, origin, images: sorted(images), files: sorted(files) };
    return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** SHA-256 of a text, in hex. */
export function digestOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

/**
 * Reads a manifest.
 *
 * @throws Failure when the text is not the one that the stack names, or no manifest
 */
export function readManifest(text: string, { url, sha256 }: MirrorAddress): Manifest {
    const found = digestOf(text);
    if (sha256 !== undefined && found !== sha256) {
        throw new Failure(
            `${url}/${MANIFEST} has changed: SHA-256 is ${found}, accepted: ${sha256} (strata:mirror)`,
            "compare the mirror with the one that was filled, then set the new digest",
        );
    }
    const manifest = manifestIn(text);
    if (manifest) return manifest;
    throw new Failure(
        `${url}/${MANIFEST} is no manifest of a mirror that this version knows`,
        "fill the mirror with this version: npm run strata -- mirror --help",
    );
}

/**
 * Asks a mirror what it holds. The last answer is kept, so that an environment that needs nothing new works while the mirror is
 * away.
 *
 * @throws Failure when it does not answer and never did, or is not the one that the address names
 */
export async function openMirror(address: MirrorAddress, cache: string): Promise<Mirror> {
    const kept = join(cache, "mirrors", `${digestOf(address.url).slice(0, 12)}.json`);
    const answer = await ask(`${address.url}/${MANIFEST}`);
    const text = "text" in answer ? answer.text : readIfThere(kept);
    if (text === undefined) {
        throw new Failure(
            `${address.url}/${MANIFEST} ${"why" in answer ? answer.why : ""}`,
            "check strata:mirror, and that the mirror's web server serves the folder",
        );
    }
    const { images, files, origin } = readManifest(text, address);
    if ("text" in answer) {
        mkdirSync(dirname(kept), { recursive: true });
        writeFileSync(kept, text);
    }
    return { ...address, images, files, origin, isRemembered: "why" in answer };
}

/**
 * The mirror that a shell's variable names.
 *
 * @throws Failure when the variable is of another form
 */
export function mirrorOfEnvironment({ [MIRROR_VARIABLE]: value }: NodeJS.ProcessEnv): MirrorAddress | undefined {
    if (value === undefined || value === "") return undefined;
    const [url = "", digest] = value.split("#sha256=");
    const address = mirrorAddress({ url, ...(digest !== undefined && { sha256: digest }) });
    if (address) return address;
    const forms = `<url> or <url>#sha256=<digest>, as in strata:mirror ${MIRROR_ACCEPTED}`;
    throw rejected(
        MIRROR_VARIABLE,
        withoutLogins(value),
        [forms],
        "strata mirror prints the digest when it has filled a mirror",
    );
}

/** Reads a text from a mirror. A redirect is refused, because it leads to another server than the stack names. */
async function ask(url: string): Promise<{ readonly text: string } | { readonly why: string }> {
    try {
        const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
        return answer.ok ? { text: await answer.text() } : { why: `was answered ${answer.status}` };
    } catch (error) {
        return { why: `does not answer: ${reasonOf(error)}` };
    }
}

function readIfThere(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}

function manifestIn(text: string): Manifest | undefined {
    try {
        const { format, images, files, origin } = JSON.parse(text) as Manifest & { format: unknown };
        const isWhole = every(images, PINNED.pattern) && every(files, DIGEST);
        // Mirrors of earlier versions do not say what they hold; their references do.
        const isMade = origin === "made" || originOf(Object.values(images)) === "made";
        return format === FORMAT && isWhole ? { images, files, origin: isMade ? "made" : "upstream" } : undefined;
    } catch {
        return undefined;
    }
}

function every(entries: Readonly<Record<string, string>>, form: RegExp): boolean {
    return Object.values(entries).every((it) => typeof it === "string" && form.test(it));
}
