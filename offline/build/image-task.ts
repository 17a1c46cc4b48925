import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { MADE_HERE_HOST } from "../../model/made-here";
import { run } from "./run";
import type { OfflineContext } from "./step";
import { logFile } from "./toolchain";

/** One image to be made. */
export interface ImageTask {
    readonly context: OfflineContext;
    readonly name: string;
    /** Folder in `offline/images/`. */
    readonly folder: string;
    /** Reference that the image gets. */
    readonly tag: string;
    readonly log: (line: string) => void;
}

/** Folder of the cache in which an image's parts are kept. */
export function partsOf({ context, name }: ImageTask): string {
    return join(context.cache, "images", name);
}

/** Name of the image's step. */
export function stepOf({ name }: ImageTask): string {
    return `image-${name}`;
}

/** The reference of the image that was made last; for people, not for stacks. */
export function latestTag(name: string): string {
    return `${MADE_HERE_HOST}/${name}:offline`;
}

/** Runs a command of the image's step in the image's folder. The step's log file gets its output. */
export function execute(
    task: ImageTask,
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = task.context.environment,
): Promise<void> {
    const step = stepOf(task);
    return run({
        step,
        program,
        args,
        cwd: task.folder,
        environment,
        logFile: logFile(task.context, step),
        log: task.log,
    });
}

/**
 * Returns `<cache>/images/<name>/<hash>/<file>`, and makes the file or folder first if it is missing. It appears whole or not at all, and
 * stays: an engine that lost its images gets them again from the kept file.
 */
export async function keepPart(
    task: ImageTask,
    hash: string,
    file: string,
    make: (path: string) => Promise<void>,
): Promise<string> {
    const folder = join(partsOf(task), hash);
    const target = join(folder, file);
    if (existsSync(target)) {
        task.log(`from the cache: ${target}`);
        return target;
    }
    await mkdir(folder, { recursive: true });
    const partial = join(folder, `partial-${file}`);
    await rm(partial, { recursive: true, force: true });
    await make(partial);
    await rename(partial, target);
    return target;
}
