/** Fills a mirror with what this machine has: the CLI's and the plugins' archives into a folder, images into a registry. */

import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { Failure } from "../failure";
import { run } from "../processes";
import {
    cliArchive,
    download,
    HERE,
    LOCKED_DOWNLOADS,
    pluginArchive,
    PUBLISHED_DOWNLOADS,
    type Platform,
} from "../setup/downloads";
import { pinnedVersions, type Toolchain } from "../setup/toolchain";

/** One thing that the mirror gets. */
export interface FillStep {
    readonly name: string;
    /** @returns what goes into the manifest: path and digest of a file, or name and reference of an image */
    readonly run: (say: (line: string) => void) => Promise<readonly [key: string, value: string]>;
}

/**
 * The archives of the pinned CLI and plugins.
 *
 * @param folder - of the mirror
 * @param platforms - machines that will use the mirror; what is made on this machine fits machines like it only
 */
export function archiveSteps(folder: string, toolchain: Toolchain, platforms: readonly Platform[]): FillStep[] {
    const { pulumi, plugins } = pinnedVersions();
    if (toolchain.way === "offline") {
        const packed = Object.entries(plugins).map(([name, version]) =>
            packStep(folder, pluginArchive(name, version, HERE), [
                "-C",
                join(toolchain.home, "plugins", `resource-${name}-v${version}`),
                ".",
            ]),
        );
        return [packStep(folder, cliArchive(pulumi, HERE), cliParts(toolchain)), ...packed];
    }
    return platforms.flatMap((platform) =>
        [
            cliArchive(pulumi, platform),
            ...Object.entries(plugins).map(([name, version]) => pluginArchive(name, version, platform)),
        ].map((path) => copyStep(folder, path)),
    );
}

/** As Pulumi's own archive: everything below one folder, which becomes `bin`. */
function cliParts({ bin }: Toolchain): string[] {
    const moved = ["s,^[.]/bin,pulumi,", "s,^[.]/libexec,pulumi/libexec,"].flatMap((rule) => ["--transform", rule]);
    return ["--exclude", "*.stamp", ...moved, "-C", dirname(bin), "./bin", "./libexec"];
}

function packStep(folder: string, path: string, parts: readonly string[]): FillStep {
    return {
        name: basename(path),
        run: async () => {
            const target = join(folder, path);
            mkdirSync(dirname(target), { recursive: true });
            // The same bytes for the same content, whoever packs it and when.
            const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
            await must("tar", ["-czf", target, ...fixed, ...parts], process.env);
            return [path, await digestOf(target)];
        },
    };
}

function copyStep(folder: string, path: string): FillStep {
    return {
        name: basename(path),
        run: async (say) => {
            const target = join(folder, path);
            const expected = LOCKED_DOWNLOADS[basename(path)];
            const has = existsSync(target) && (await digestOf(target)) === expected;
            if (!has) {
                await download(`${PUBLISHED_DOWNLOADS}/${path}`, target, expected, say);
            }
            return [path, await digestOf(target)];
        },
    };
}

/**
 * Images into a registry, under their names in `images.lock.json`.
 *
 * @param registry - host, port and path prefix, for example `mirror.example:5000/strata`
 * @param references - what is copied, by name
 * @param env - environment of the docker client, whose login is used
 */
export function imageSteps(
    registry: string,
    references: Readonly<Record<string, string>>,
    env: NodeJS.ProcessEnv,
): FillStep[] {
    return Object.entries(references).map(([name, reference]) => ({
        name: `image ${name}`,
        run: async (say) => [name, await copyImage(reference, `${registry}/${name}`, env, say)] as const,
    }));
}

/** @returns the copy's reference, pinned by digest */
async function copyImage(
    reference: string,
    repository: string,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
): Promise<string> {
    const [, digest] = reference.split("@");
    const tag = `${repository}:${(digest ?? reference).replace(/^.*:/, "").slice(0, 12)}`;
    if (digest !== undefined && (await run("docker", ["buildx", "version"], { env })).code === 0) {
        // All platforms, without touching the engine: an index keeps its digest.
        await must("docker", ["buildx", "imagetools", "create", "--tag", tag, reference], env, say);
        return `${repository}@${digest}`;
    }
    await must("docker", ["tag", reference, tag], env);
    await must("docker", ["push", tag], env, say);
    const { stdout } = await must("docker", ["image", "inspect", "--format", "{{json .RepoDigests}}", tag], env);
    const pushed = (JSON.parse(stdout) as string[]).find((it) => it.startsWith(`${repository}@`));
    if (pushed === undefined) throw new Failure(`${tag} has no digest after the push`, `docker push ${tag}`, 1);
    return pushed;
}

async function digestOf(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}

async function must(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    say?: (line: string) => void,
): Promise<{ readonly stdout: string }> {
    const ended = await run(command, args, { env, ...(say && { onLine: say }) });
    if (ended.code === 0) return ended;
    const lines = `${ended.stdout}${ended.stderr}`.trimEnd().split("\n").slice(-10);
    throw new Failure(`${command} ${args.join(" ")} ended with ${ended.code}`, "mend what it says", 1, lines);
}
