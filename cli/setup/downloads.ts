/** Archives that the published way downloads: where they are, and what they must be. */

import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { basename, dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import lock from "../../config/downloads.lock.json";
import { Failure } from "../failure";
import { mebibytes } from "../output/text";

/** Where Pulumi publishes its CLI and plugins. */
export const PUBLISHED_DOWNLOADS = "https://get.pulumi.com";

/** SHA-256 by file name. A file that is not in it is compared with upstream's own list; `.github/workflows/images.yml` fills it. */
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

/** What Go and Docker call a processor: `amd64` for Node's `x64`. */
export function dockerArchitecture(arch: string): string {
    return arch === "x64" ? "amd64" : arch;
}

/** Path of a plugin's archive below {@link PUBLISHED_DOWNLOADS}. */
export function pluginArchive(name: string, version: string, { os, arch }: Platform): string {
    return `releases/plugins/pulumi-resource-${name}-v${version}-${os}-${dockerArchitecture(arch)}.tar.gz`;
}

/** Hex digits of a SHA-1, which the lists of some providers have. */
const SHA1_DIGITS = 40;

/**
 * Downloads a file. It appears under its name only when it is whole and what it must be.
 *
 * @param expected - hex digest, SHA-256 or, of 40 digits, SHA-1; without it the file is taken as it comes
 * @param say - told how much has arrived
 * @returns its SHA-256
 * @throws Failure with the URL and the reason
 */
export async function download(
    url: string,
    target: string,
    expected: string | undefined,
    say: (line: string) => void,
): Promise<string> {
    const partial = `${target}.${process.pid}`;
    mkdirSync(dirname(target), { recursive: true });
    const hash = createHash("sha256");
    const other = expected?.length === SHA1_DIGITS ? createHash("sha1") : undefined;
    let arrived = 0;
    const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            hash.update(chunk);
            other?.update(chunk);
            arrived += chunk.length;
            say(`${basename(target)}: ${mebibytes(arrived / 1024 ** 2)}`);
            done(null, chunk);
        },
    });
    try {
        const answer = await request(url).catch((error: unknown) => {
            throw unreachable(url, reasonOf(error));
        });
        if (answer.statusCode !== 200) {
            answer.destroy();
            throw unreachable(url, `it was answered ${answer.statusCode}`);
        }
        await pipeline(answer, counted, createWriteStream(partial)).catch((error: unknown) => {
            throw unreachable(url, reasonOf(error));
        });
        const sha256 = hash.digest("hex");
        const found = other?.digest("hex") ?? sha256;
        if (expected !== undefined && found !== expected) {
            throw new Failure(
                `${url} is not what it must be: ${other ? "SHA-1" : "SHA-256"} is ${found}, accepted: ${expected}`,
                "download it again; if it stays so, somebody changed the file: do not use it",
                1,
            );
        }
        renameSync(partial, target);
        return sha256;
    } finally {
        rmSync(partial, { force: true });
    }
}

/**
 * Asks for a file, and follows redirects.
 *
 * Not with `fetch`: Node 22's fails an assertion of its own, and with it the process, when a server of HTTP/1.0 has sent all and
 * closes while the disk is slower than the network.
 */
async function request(url: string, moves = 5): Promise<IncomingMessage> {
    const { get } = url.startsWith("https:") ? https : http;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get(url, resolve)
            .on("error", reject)
            .setTimeout(SILENCE, function (this: ClientRequest) {
                this.destroy(new Error(`nothing arrived for ${SILENCE / 1000} s`));
            });
    });
    const { location } = answer.headers;
    if (location === undefined || !MOVED.includes(answer.statusCode ?? 0)) return answer;
    answer.destroy();
    if (moves === 0) throw new Error("it moves without end");
    const next = new URL(location, url).toString();
    if (url.startsWith("https:") && !next.startsWith("https:")) throw new Error(`it moves to ${next}, without TLS`);
    return request(next, moves - 1);
}

const MOVED: readonly number[] = [301, 302, 303, 307, 308];

/** Milliseconds without a byte after which a server counts as gone. */
const SILENCE = 60_000;

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
