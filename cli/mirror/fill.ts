/** Fills a mirror with what this machine can get: the CLI's and the plugins' archives into a folder, images into a registry. */

import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { withCacheLock } from "../../offline/build/lock";
import { isMadeHere, isMadeSomewhere, mirroredTag } from "../../model/made-here";
import { PROBE } from "../../offline/build/engine-probe";
import { Failure } from "../failure";
import { parseReference } from "../pins/registry";
import { mustRun, run } from "../processes";
import type { Comparison } from "../setup/comparisons";
import { cliArchive, HERE, pluginArchive, type Platform } from "../setup/downloads";
import { lockedImages, lockedTestImages } from "../setup/locked-images";
import { archivesFor, downloadArchive, type Source } from "../setup/published";
import type { Foundations } from "../setup/setup";
import { pinnedVersions, pluginFolder, type Toolchain } from "../setup/toolchain";

/** What to do when a step fails. */
const AGAIN = "mend what it says, then run it again: what the mirror has already is not fetched twice";

/** One step in filling a mirror: a file or an image that the mirror gets. */
export interface FillStep {
    readonly name: string;
    /** @returns what goes into the manifest: path and digest of a file, or name and reference of an image */
    readonly run: (say: (line: string) => void) => Promise<readonly [key: string, value: string]>;
}

/**
 * Archives of the pinned CLI and plugins as they are published.
 *
 * @param compared - told how each download was compared
 */
export function copiedArchives(
    folder: string,
    source: Source,
    platforms: readonly Platform[],
    compared: (archive: string, comparison: Comparison) => void,
): FillStep[] {
    return archivesFor(platforms).map((path) => ({
        name: basename(path),
        run: async (say) => {
            const target = join(folder, path);
            const present = existsSync(target) ? await digestOf(target) : undefined;
            if (present !== undefined && present === source.digests[basename(path)]) return [path, present];
            const comparison = await downloadArchive(source, path, target, say);
            compared(basename(path), comparison);
            return [path, comparison.sha256];
        },
    }));
}

/** Archives of the CLI and plugins that were made on this machine and are in its cache. They fit only machines like this one. */
export function packedArchives(folder: string, toolchain: Toolchain, cache: string): FillStep[] {
    const { pulumi, plugins } = pinnedVersions();
    const pack = (path: string, parts: readonly string[]): FillStep => ({
        name: basename(path),
        run: async (say) => {
            const target = join(folder, path);
            mkdirSync(dirname(target), { recursive: true });
            // The same content gives the same bytes on every machine, at any time.
            const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
            const args = ["-cf", target, "--use-compress-program=gzip -n1", ...fixed, ...parts];
            // The lock keeps other runs from making these files anew meanwhile.
            await withCacheLock(cache, say, () => must("tar", args, process.env));
            return [path, await digestOf(target)];
        },
    });
    // As Pulumi's own archive: all in one folder, whose content goes into `bin`.
    const moved = ["s,^[.]/bin,pulumi,", "s,^[.]/libexec,pulumi/libexec,"].flatMap((rule) => ["--transform", rule]);
    const cli = ["--exclude", "*.stamp", ...moved, "-C", dirname(toolchain.bin), "./bin", "./libexec"];
    return [
        pack(cliArchive(pulumi, HERE), cli),
        ...Object.entries(plugins).map(([name, version]) =>
            pack(pluginArchive(name, version, HERE), ["-C", pluginFolder(toolchain, name, version), "."]),
        ),
    ];
}

/**
 * References of the images that a mirror gets, by name.
 *
 * Of published images, the mirror gets what compiles the probe, and not the probe: each engine that uses the mirror makes the probe
 * for its own processor. All images that a machine builds are for that machine's processor.
 */
export function imagesFor({
    decision,
    images,
    mirror,
}: Pick<Foundations, "decision" | "images" | "mirror">): Record<string, string> {
    if (decision.way === "offline") {
        // The base is a part of the other images.
        const { base: _base, ...built } = images;
        return built;
    }
    const { [PROBE]: probe, ...others } = { ...(mirror ? {} : { ...lockedImages, ...lockedTestImages }), ...images };
    return probe === undefined || isMadeHere(probe) ? others : { ...others, [PROBE]: probe };
}

/** Whether the docker client can copy an image from registry to registry, for all processors. */
export async function hasBuildx(env: NodeJS.ProcessEnv): Promise<boolean> {
    return (await run("docker", ["buildx", "version"], { env })).code === 0;
}

/**
 * Copies images into a registry, each into a repository of its name.
 *
 * @param registry - host, port and path prefix, for example `mirror.example:5000/strata`
 * @param references - what is copied, by name
 * @param env - environment of the docker client, whose login is used
 */
export function copiedImages(
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
    const { tag: release, digest } = parseReference(reference);
    // The tag names the release, for policies too.
    const tag = `${repository}:${isMadeSomewhere(reference) ? mirroredTag(reference) : (release ?? "unnamed")}`;
    if (digest !== undefined && (await hasBuildx(env))) {
        // From registry to registry, for all processors: an index keeps its digest.
        await must("docker", ["buildx", "imagetools", "create", "--tag", tag, reference], env, say);
        return `${tag}@${digest}`;
    }
    await must("docker", ["tag", reference, tag], env);
    await must("docker", ["push", tag], env, say);
    const { stdout } = await must("docker", ["image", "inspect", "--format", "{{json .RepoDigests}}", tag], env);
    // The tag was needed for the push only; the digest identifies the image.
    await must("docker", ["image", "rm", tag], env);
    const pushed = (JSON.parse(stdout) as string[]).find((it) => it.startsWith(`${repository}@`));
    if (pushed === undefined) throw new Failure(`${tag} has no digest after its push`, `docker push ${tag}`, 1);
    return `${tag}@${pushed.split("@")[1]}`;
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
    return mustRun(command, args, AGAIN, { env, ...(say && { onLine: say }) });
}
