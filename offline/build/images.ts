import { execFile } from "node:child_process";
import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";

import { MADE_HERE_HOST, madeHereReference } from "../../model/made-here";
import { bootstrapOptions, importChanges, makeBase } from "./base-image";
import { makeFromDockerfile } from "./dockerfile-image";
import { goFlags } from "./go";
import { BASE, DEBIAN_RELEASE, type GoProgram, IMAGE_NAMES, isGoSource, isRecipe, recipeOf } from "./image-recipes";
import { latestTag } from "./image-task";
import { withCacheLock } from "./lock";
import { serviceHash } from "./node-service";
import type { OfflineContext, Step } from "./step";

export { IMAGE_NAMES } from "./image-recipes";

/** Version of the code here, a part of every hash. Raise it when the code makes different images from the same folders. */
const FORMAT = 1;

/**
 * The reference a stack uses: `strata.invalid/<name>:<hash>`, where the hash covers the image's folder, its recipe and,
 * through the hash of the base image, everything below it.
 */
export function imageTag(context: OfflineContext, name: string): string {
    return madeHereReference(name, imageHash(context, name));
}

function imageHash(context: OfflineContext, name: string): string {
    const facts: unknown[] = [FORMAT, name];
    if (name === BASE) {
        facts.push(DEBIAN_RELEASE, importChanges, bootstrapOptions(""));
    } else {
        const recipe = recipeOf(name);
        facts.push(recipe, recipe.fromBase && formerReference(BASE, imageHash(context, BASE)));
        facts.push(recipe.program && programHash(context, name, recipe.program));
        facts.push(...Object.values(recipe.programs ?? {}).map((program) => programHash(context, name, program)));
        if (recipe.service !== undefined) facts.push(hashOfService(context, recipe.service));
    }
    return hashOf(facts, folderOf(context, name), (file) => !isRecipe(file));
}

/** The former name of an image. It stays in the hashes, so that the new name does not make every image again. */
function formerReference(name: string, hash: string): string {
    return `strata/${name}:${hash}`;
}

/**
 * The steps that make the images, after the base image if one of them needs it. Each image has one step.
 *
 * @param names - which images a stack uses, in any order
 */
export function imageSteps(context: OfflineContext, names: readonly string[]): Step[] {
    const wanted = new Set<string>(names);
    if (names.some((name) => name !== BASE && recipeOf(name).fromBase)) wanted.add(BASE);
    const engine = engineImages(context);
    const isCurrent = async (name: string): Promise<boolean> => (await engine.all()).has(imageTag(context, name));
    return IMAGE_NAMES.filter((name) => wanted.has(name)).map((name) => ({
        name: `image-${name}`,
        lane: "images",
        isCurrent: () => isCurrent(name),
        run: (log: (line: string) => void) =>
            // A different lock than that of the toolchain and plugins, which are built at the same time.
            withCacheLock(join(context.cache, "images"), log, async () => {
                // Another set-up may have made the image while this one waited.
                engine.forget();
                if (await isCurrent(name)) return;
                if (!(await renameFormer(context, name, log))) await makeImage(context, name, log);
                engine.forget();
            }),
    }));
}

/** Gives an image that exists under its former name the new one. @returns whether it did */
async function renameFormer(context: OfflineContext, name: string, log: (line: string) => void): Promise<boolean> {
    const former = formerReference(name, imageHash(context, name));
    const docker = (...args: readonly string[]): Promise<boolean> =>
        promisify(execFile)("docker", args, { env: context.environment }).then(
            () => true,
            () => false,
        );
    if (!(await docker("image", "inspect", former))) return false;
    log(`${former} gets the name ${imageTag(context, name)}`);
    const renamed = await docker("tag", former, imageTag(context, name));
    return renamed && (await docker("tag", former, latestTag(name)));
}

async function makeImage(context: OfflineContext, name: string, log: (line: string) => void): Promise<void> {
    const tag = imageTag(context, name);
    const task = { context, name, folder: folderOf(context, name), tag, log };
    if (name === BASE) {
        return makeBase({ ...task, hash: imageHash(context, name) });
    }
    const recipe = recipeOf(name);
    return makeFromDockerfile({
        ...task,
        recipe,
        programHash: (program) => programHash(context, name, program),
        serviceHash: (folder) => hashOfService(context, folder),
        base: recipe.fromBase ? imageTag(context, BASE) : undefined,
    });
}

/** The engine's images, listed once for all steps and again after each build. */
function engineImages(context: OfflineContext): { all(): Promise<ReadonlySet<string>>; forget(): void } {
    let listing: Promise<ReadonlySet<string>> | undefined;
    const list = async (): Promise<ReadonlySet<string>> => {
        const parameters = [
            "image",
            "ls",
            "--filter",
            `reference=${MADE_HERE_HOST}/*`,
            "--format",
            "{{.Repository}}:{{.Tag}}",
        ];
        const { stdout } = await promisify(execFile)("docker", parameters, { env: context.environment });
        return new Set(stdout.split("\n"));
    };
    return {
        all: () => (listing ??= list()),
        forget: () => (listing = undefined),
    };
}

/** Hash of a compiled program: its sources, its pinned modules, its build flags, and its platform. */
function programHash(context: OfflineContext, name: string, program: GoProgram): string {
    return hashOf([FORMAT, program, goFlags, process.platform, process.arch], folderOf(context, name), isGoSource);
}

function hashOfService({ projectRoot }: OfflineContext, folder: string): string {
    return serviceHash(projectRoot, folder, (path) => hashOf([FORMAT], path, () => true));
}

/** Hash of facts and of a folder's files, in 12 hex digits: relative path, executable or not, content. Go tests do not count. */
export function hashOf(facts: readonly unknown[], folder: string, included: (path: string) => boolean): string {
    const hash: Hash = createHash("sha256").update(JSON.stringify(facts));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.go") && included(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
    for (const file of files) {
        const executable = (statSync(file).mode & 0o100) !== 0;
        const content = createHash("sha256").update(readFileSync(file)).digest("hex");
        hash.update(`${relative(folder, file)} ${String(executable)} ${content}\n`);
    }
    return hash.digest("hex").slice(0, 12);
}

function folderOf(context: OfflineContext, name: string): string {
    return join(context.projectRoot, "offline", "images", name);
}
