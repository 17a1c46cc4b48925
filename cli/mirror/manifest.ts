/**
 * A mirror: a folder that any web server can serve, and a registry with the images. `mirror.json` in the folder says what both
 * hold, so that a stack names one URL (`strata:mirror`).
 */

import { createHash } from "node:crypto";

import { z } from "zod";

import { Failure } from "../failure";
import { reasonOf } from "../setup/downloads";

/** Name of the manifest in the mirror's folder. */
export const MANIFEST = "mirror.json";

const DIGEST = /^[0-9a-f]{64}$/;
const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

const schema = z.object({
    /** Form of this file. */
    format: z.literal(1),
    /** References by image name, pinned by digest. */
    images: z.record(z.string(), z.string().regex(PINNED)),
    /** SHA-256 by path below the mirror's URL. */
    files: z.record(z.string(), z.string().regex(DIGEST)),
});

/** What a mirror holds. */
export type MirrorManifest = z.infer<typeof schema>;

/** What a stack says of its mirror. */
export interface MirrorAddress {
    /** URL of the folder. */
    readonly url: string;
    /** SHA-256 of `mirror.json`: with it nothing in the mirror can change unseen. @default - the mirror is believed */
    readonly sha256?: string | undefined;
}

/** The manifest's text, the same for the same content. */
export function manifestText({ images, files }: Omit<MirrorManifest, "format">): string {
    const sorted = (entries: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${JSON.stringify({ format: 1, images: sorted(images), files: sorted(files) }, undefined, 2)}\n`;
}

/**
 * Reads a manifest.
 *
 * @throws Failure when the text is not the one that the stack names, or no manifest
 */
export function readManifest(text: string, { url, sha256 }: MirrorAddress): MirrorManifest {
    const found = createHash("sha256").update(text).digest("hex");
    if (sha256 !== undefined && found !== sha256) {
        throw new Failure(
            `${url}/${MANIFEST} has changed: SHA-256 is ${found}, accepted: ${sha256} (strata:mirror.sha256)`,
            "compare the mirror with the one that was filled, then set the new digest",
        );
    }
    const parsed = schema.safeParse(parseJson(text));
    if (!parsed.success) {
        throw new Failure(
            `${url}/${MANIFEST} is no manifest of a mirror: ${z.prettifyError(parsed.error).split("\n")[0]}`,
            "fill the mirror with this version: npm run strata -- mirror --help",
        );
    }
    return parsed.data;
}

/** Asks a mirror what it holds. @throws Failure when it does not answer */
export async function fetchManifest(mirror: MirrorAddress): Promise<MirrorManifest> {
    const url = `${mirror.url}/${MANIFEST}`;
    const next = "check strata:mirror, and that the mirror's web server serves the folder";
    let answer: Response;
    try {
        answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    } catch (error) {
        throw new Failure(`${url} does not answer: ${reasonOf(error)}`, next);
    }
    if (!answer.ok) throw new Failure(`${url} was answered ${answer.status}`, next);
    return readManifest(await answer.text(), mirror);
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
