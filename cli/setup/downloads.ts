/** Archives that the published way downloads: where they are, and what they must be. */

import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

import lock from "../../downloads.lock.json";
import { Failure } from "../failure";
import { mebibytes } from "../output/text";

/** Where Pulumi publishes its CLI and plugins. */
export const PUBLISHED_DOWNLOADS = "https://get.pulumi.com";

/** SHA-256 by file name. A file that is not in it is taken as it comes over TLS; `.github/workflows/pins.yml` fills it. */
export const LOCKED_DOWNLOADS: Readonly<Record<string, string>> = lock;

/** The machine that an archive is for. */
export interface Platform {
    readonly os: NodeJS.Platform;
    readonly arch: string;
}

/** This machine. */
export const HERE: Platform = { os: process.platform, arch: process.arch };

/** Machines that Pulumi publishes archives for and strata runs on. */
export const MACHINES: readonly Platform[] = [
    { os: "linux", arch: "x64" },
    { os: "linux", arch: "arm64" },
    { os: "darwin", arch: "x64" },
    { os: "darwin", arch: "arm64" },
];

/** Path of the CLI's archive below {@link PUBLISHED_DOWNLOADS}. */
export function cliArchive(version: string, { os, arch }: Platform): string {
    return `releases/sdk/pulumi-v${version}-${os}-${arch}.tar.gz`;
}

/** Path of a plugin's archive below {@link PUBLISHED_DOWNLOADS}. */
export function pluginArchive(name: string, version: string, { os, arch }: Platform): string {
    return `releases/plugins/pulumi-resource-${name}-v${version}-${os}-${arch === "x64" ? "amd64" : arch}.tar.gz`;
}

/**
 * Downloads a file. It appears under its name only when it is whole and what it must be.
 *
 * @param sha256 - hex digest; without it the file is taken as it comes
 * @param say - told how much has arrived
 * @throws Failure with the URL and the reason
 */
export async function download(
    url: string,
    target: string,
    sha256: string | undefined,
    say: (line: string) => void,
): Promise<void> {
    const partial = `${target}.${process.pid}`;
    mkdirSync(dirname(target), { recursive: true });
    const hash = createHash("sha256");
    let arrived = 0;
    const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            hash.update(chunk);
            arrived += chunk.length;
            say(`${basename(target)}: ${mebibytes(arrived / 1024 ** 2)}`);
            done(null, chunk);
        },
    });
    try {
        const answer = await fetch(url).catch((error: unknown) => {
            throw unreachable(url, reasonOf(error));
        });
        if (!answer.ok || answer.body === null) throw unreachable(url, `it was answered ${answer.status}`);
        await pipeline(answer.body as ReadableStream<Uint8Array>, counted, createWriteStream(partial));
        const found = hash.digest("hex");
        if (sha256 !== undefined && found !== sha256) {
            throw new Failure(
                `${url} is not what it must be: SHA-256 is ${found}, accepted: ${sha256}`,
                "download it again; if it stays so, somebody changed the file: do not use it",
                1,
            );
        }
        renameSync(partial, target);
    } finally {
        rmSync(partial, { force: true });
    }
}

function unreachable(url: string, why: string): Failure {
    return new Failure(
        `${url} cannot be downloaded: ${why}`,
        "run it again, or with STRATA_OFFLINE=1 to make everything on this machine",
        1,
    );
}

/** Why a `fetch` failed: it says "fetch failed" and keeps the reason as the cause. */
export function reasonOf(error: unknown): string {
    const { message, cause } = error as Error;
    return (cause as Error | undefined)?.message || message;
}
