/** Steps of the published way: Pulumi's own binaries and upstream images, all at pinned versions. */

import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

import type * as automation from "@pulumi/pulumi/automation";

import type { Step } from "../../offline/build/step";
import { lastWords } from "../engine/silence";
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
import { pullAdvice, registryOf } from "./registry";
import { pinnedVersions, pluginFolder, type Toolchain } from "./toolchain";

/** What to do when a download fails. */
const OTHER_WAY = "run it again, or with STRATA_OFFLINE=1 to make everything on this machine";

/** Runs this project's programs; the CLI looks for it on the PATH and beside itself. */
const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Whether the first `pulumi` on a PATH is of the pinned version and has its language host: one without cannot run a program. */
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

/** The `pulumi` on the PATH may be a link, as Homebrew makes them. */
function hasLanguageHost(folder: string, env: NodeJS.ProcessEnv): boolean {
    const places = [...foldersOf(env), dirname(realpathSync(join(folder, "pulumi")))];
    return places.some((place) => existsSync(join(place, LANGUAGE_HOST)));
}

/** Where archives come from, and what they must be. */
export interface Source {
    readonly url: string;
    /** SHA-256 by file name. */
    readonly digests: Readonly<Record<string, string>>;
    /** A file without a digest is not there, instead of being taken as it comes. @default false */
    readonly isComplete?: boolean;
}

/** Pulumi's own server. */
export const PUBLISHED: Source = { url: PUBLISHED_DOWNLOADS, digests: LOCKED_DOWNLOADS };

/** A mirror as a source of archives. */
export function sourceIn({ url, files }: Mirror): Source {
    const digests = Object.entries(files).map(([path, digest]) => [basename(path), digest]);
    return { url, digests: Object.fromEntries(digests) as Record<string, string>, isComplete: true };
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
    const from = source.isComplete ? "mirror" : "published";
    const withPulumi = { ...env, PATH: `${toolchain.bin}:${env.PATH ?? ""}`, PULUMI_HOME: toolchain.home };
    const cli: Step = {
        name: `pulumi ${pulumi} (${from})`,
        isCurrent: () => hasPinnedPulumi(withPulumi),
        run: async (log) => {
            const archive = cliArchive(pulumi, HERE);
            const digest = digestIn(source, archive);
            if (digest !== undefined) {
                return withArchive(`${source.url}/${archive}`, digest, dirname(toolchain.bin), log, async (file) => {
                    mkdirSync(toolchain.bin, { recursive: true });
                    // Pulumi's archive has its programs in a folder.
                    await must("tar", ["-xzf", file, "--strip-components=1", "-C", toolchain.bin], env, log);
                });
            }
            log("get.pulumi.com");
            // Only here: the Automation API takes half a second to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- in CommonJS, this is the lazy import
            const { PulumiCommand } = require("@pulumi/pulumi/automation") as typeof automation;
            // Without a version it installs the SDK's own, which is the pinned one.
            await PulumiCommand.install({ root: dirname(toolchain.bin) }).catch((error: unknown) => {
                const [first = "", ...more] = String((error as Error).message)
                    .trim()
                    .split("\n");
                throw new Failure(`pulumi ${pulumi} cannot be downloaded: ${first}`, OTHER_WAY, 1, more.slice(-10));
            });
        },
    };
    const installs = Object.entries(plugins).map(([name, version]): Step => ({
        name: `plugin ${name} ${version} (${from})`,
        isCurrent: () => Promise.resolve(existsSync(pluginFolder(toolchain, name, version))),
        run: (log) => {
            const archive = pluginArchive(name, version, HERE);
            const digest = digestIn(source, archive);
            const install = ["plugin", "install", "resource", name, version];
            if (digest === undefined) return must("pulumi", install, withPulumi, log);
            // Not with Pulumi's own --checksum: up to 3.258 it leaves out what arrives together with the end of the file, as the
            // last part of an archive does over HTTP/1.1 (checksumReader in sdk/go/common/workspace/plugins.go).
            return withArchive(`${source.url}/${archive}`, digest, dirname(toolchain.bin), log, (file) =>
                must("pulumi", [...install, "--file", file], withPulumi, log),
            );
        },
    }));
    return [cli, ...installs];
}

/**
 * The digest that a file must have.
 *
 * @returns undefined when the file is taken as it comes
 * @throws Failure when the source does not have it
 */
export function digestIn({ url, digests, isComplete }: Source, path: string): string | undefined {
    const digest = digests[basename(path)];
    if (digest !== undefined || !isComplete) return digest;
    throw new Failure(
        `the mirror ${url} has no ${basename(path)}`,
        `fill it again, where it was filled: npm run strata -- mirror <folder> --platform ${HERE.os}/${HERE.arch} ...`,
    );
}

/** Downloads an archive, and uses it when it is what it must be. Nothing of it stays in the folder. */
async function withArchive(
    url: string,
    digest: string,
    folder: string,
    log: (line: string) => void,
    use: (file: string) => Promise<void>,
): Promise<void> {
    const file = join(folder, basename(url));
    try {
        await download(url, file, digest, log);
        await use(file);
    } finally {
        rmSync(file, { force: true });
    }
}

/**
 * One step per image that a registry serves, pulled by the docker client with its own logins: nothing of them is in the state or
 * the configuration, and the provider finds the image on the engine.
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

/** A part of the published way that has to end well. */
async function must(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    log: (line: string) => void,
): Promise<void> {
    await mustRun(command, args, OTHER_WAY, { env, onLine: log });
}
