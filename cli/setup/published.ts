/** Steps of the published way: Pulumi's own binaries and upstream images, all at pinned versions. */

import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

import type { Step } from "../../offline/build/step";
import { lastWords } from "../../engine/client";
import type { Mirror } from "../mirror/manifest";
import { Failure } from "../failure";
import { mustRun, run } from "../processes";
import {
    cliArchive,
    download,
    HERE,
    LOCKED_DOWNLOADS,
    pluginArchive,
    type Platform,
    PUBLISHED_DOWNLOADS,
} from "./downloads";
import { publishedDigest, PUBLISHED_RELEASES } from "./checksums";
import { type Comparison, remember } from "./comparisons";
import { pullAdvice, registryOf } from "./registry";
import { folderOf, pinnedVersions, pluginFolder, type Toolchain } from "./toolchain";

/** What to do when a download fails. */
const OTHER_WAY = "run it again, or with STRATA_OFFLINE=1 to make everything on this machine";

/** The program with which the CLI runs this project's programs. The CLI looks for it on the PATH and beside itself. */
const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Whether the first `pulumi` on a PATH is of the pinned version and has its language host, without which it cannot run a program. */
export async function hasPinnedPulumi(env: NodeJS.ProcessEnv): Promise<boolean> {
    const folder = foldersOf(env).find((entry) => existsSync(join(entry, "pulumi")));
    if (folder === undefined || madeHere(folder) || !hasLanguageHost(folder, env)) return false;
    const asked = await run("pulumi", ["version"], {
        env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeout: 10_000,
    });
    return asked.code === 0 && asked.stdout.trim().replace(/^v/, "") === pinnedVersions().pulumi;
}

function foldersOf(env: NodeJS.ProcessEnv): string[] {
    return (env.PATH ?? "").split(delimiter).filter(Boolean);
}

/** Whether a folder's `pulumi` is one that `offline/` made, for example in another checkout's cache. */
function madeHere(folder: string): boolean {
    return existsSync(join(folder, "..", "libexec", "language-host.cjs"));
}

/** Whether the language host is on the PATH or beside `pulumi`, which may be a link, as Homebrew makes them. */
function hasLanguageHost(folder: string, env: NodeJS.ProcessEnv): boolean {
    const places = [...foldersOf(env), dirname(realpathSync(join(folder, "pulumi")))];
    return places.some((place) => existsSync(join(place, LANGUAGE_HOST)));
}

/** Where archives come from, and what they must be. */
export interface Source {
    readonly url: string;
    /** SHA-256 by file name. */
    readonly digests: Readonly<Record<string, string>>;
    /** Where upstream's lists of checksums are, for files without a digest. Missing for a complete source: all its files have a digest. */
    readonly releases?: string;
}

/** Pulumi's own server. */
export const PUBLISHED: Source = {
    url: PUBLISHED_DOWNLOADS,
    digests: LOCKED_DOWNLOADS,
    releases: PUBLISHED_RELEASES,
};

/** A mirror as a source of archives. */
export function sourceIn({ url, files }: Mirror): Source {
    const digests = Object.entries(files).map(([path, digest]) => [basename(path), digest]);
    return { url, digests: Object.fromEntries(digests) as Record<string, string> };
}

/** Paths of the pinned CLI's and plugins' archives, for each kind of machine. */
export function archivesFor(platforms: readonly Platform[]): string[] {
    const { pulumi, plugins } = pinnedVersions();
    return platforms.flatMap((platform) => [
        cliArchive(pulumi, platform),
        ...Object.entries(plugins).map(([name, version]) => pluginArchive(name, version, platform)),
    ]);
}

/** The CLI (unless the pinned version is on the PATH) and a plugin for each npm package of a provider. */
export function publishedSteps(toolchain: Toolchain, env: NodeJS.ProcessEnv, source = PUBLISHED): Step[] {
    const { pulumi, plugins } = pinnedVersions();
    const from = isComplete(source) ? "mirror" : "published";
    const withPulumi = { ...env, PATH: `${toolchain.bin}:${env.PATH ?? ""}`, PULUMI_HOME: toolchain.home };
    const folder = folderOf(toolchain);
    const cli: Step = {
        name: `pulumi ${pulumi} (${from})`,
        isCurrent: () => hasPinnedPulumi(withPulumi),
        run: (log) =>
            withArchive(source, cliArchive(pulumi, HERE), folder, log, async (file) => {
                mkdirSync(toolchain.bin, { recursive: true });
                // Pulumi's archive has its programs in a folder.
                await must("tar", ["-xzf", file, "--strip-components=1", "-C", toolchain.bin], env, log);
            }),
    };
    const installs = Object.entries(plugins).map(([name, version]): Step => ({
        name: `plugin ${name} ${version} (${from})`,
        isCurrent: () => Promise.resolve(existsSync(pluginFolder(toolchain, name, version))),
        // Not with Pulumi's own --checksum: up to 3.258 it leaves out what arrives together with the end of the file, as the
        // last part of an archive does over HTTP/1.1 (checksumReader in sdk/go/common/workspace/plugins.go).
        run: (log) =>
            withArchive(source, pluginArchive(name, version, HERE), folder, log, (file) =>
                must("pulumi", ["plugin", "install", "resource", name, version, "--file", file], withPulumi, log),
            ),
    }));
    return [cli, ...installs];
}

/** Whether every file of a source has a digest, as those of a mirror have. */
function isComplete({ releases }: Source): boolean {
    return releases === undefined;
}

/**
 * Downloads an archive. It appears under its name only when it has the locked digest, or else the digest in upstream's own list of
 * checksums. If neither has a digest for it, the archive is taken as it comes.
 *
 * @returns how it was compared
 * @throws Failure when a complete source does not have it, or when it is another file
 */
export async function downloadArchive(
    source: Source,
    path: string,
    target: string,
    log: (line: string) => void,
): Promise<Comparison> {
    const { url, digests, releases } = source;
    const locked = digests[basename(path)];
    if (locked !== undefined) {
        await download(`${url}/${path}`, target, locked, log);
        return { sha256: locked, with: "lock" };
    }
    if (releases === undefined) {
        throw new Failure(
            `the mirror ${url} has no ${basename(path)}`,
            `fill it again, where it was filled: npm run strata -- mirror <folder> --platform ${HERE.os}/${HERE.arch} ...`,
        );
    }
    const published = await publishedDigest(path, releases);
    const known = "digest" in published;
    const sha256 = await download(`${url}/${path}`, target, known ? published.digest : undefined, log);
    return known ? { sha256, with: published.list } : { sha256, with: "nothing", why: published.why };
}

/** Uses an archive, and remembers how it was compared. The archive itself is removed from the folder. */
async function withArchive(
    source: Source,
    path: string,
    folder: string,
    log: (line: string) => void,
    use: (file: string) => Promise<void>,
): Promise<void> {
    const file = join(folder, basename(path));
    try {
        const comparison = await downloadArchive(source, path, file, log);
        await use(file);
        remember(folder, basename(path), comparison);
    } finally {
        rmSync(file, { force: true });
    }
}

/**
 * One step per image that a registry serves. The docker client pulls it with its own logins: so no login is in the state or the
 * configuration, and the provider finds the image on the engine.
 *
 * @param references - by image name or release, pinned by digest
 */
export function pullSteps(references: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): Step[] {
    return Object.entries(references).map(([name, reference]) => ({
        name: `image ${name} (${registryOf(reference) ?? "registry"})`,
        isCurrent: async () => (await run("docker", ["image", "inspect", reference], { env })).code === 0,
        run: (log) => pull(name, reference, env, log),
    }));
}

async function pull(
    name: string,
    reference: string,
    env: NodeJS.ProcessEnv,
    log: (line: string) => void,
): Promise<void> {
    const ended = await run("docker", ["pull", reference], { env, onLine: log });
    if (ended.code === 0) return;
    throw new Failure(
        `the image ${name} cannot be pulled: ${lastWords(ended)}`,
        pullAdvice(reference, `${ended.stdout}${ended.stderr}`),
        1,
        [`  ${reference}`],
    );
}

/** Runs a program of the published way that has to end with 0. */
async function must(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    log: (line: string) => void,
): Promise<void> {
    await mustRun(command, args, OTHER_WAY, { env, onLine: log });
}
