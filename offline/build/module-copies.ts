/** Sources of a Go program some of whose modules are built from copies with files of ours in them. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { filesBelow } from "./stamp";

/** Folder of a Go module of ours that holds the files which take the place of a copied module's own. */
export const MODULE_COPIES = "modules";

/** A module of which some files are replaced by ours: a short list in place of one of every vendor. */
export interface ModuleCopy {
    /** `path@version`, as in go.mod. */
    readonly module: string;
    /** `h1:…` as in a go.sum; go.sum itself has no line for a module that is replaced by a folder. */
    readonly sum: string;
}

/** What {@link withModuleCopies} works on. */
export interface CopiedSources {
    /** Folder of `go.mod`, `go.sum`, and below `modules/` the files that take the place of a module's own. */
    readonly folder: string;
    /** By folder below {@link folder}. With none, the work is done in {@link folder} itself. */
    readonly copies: Readonly<Record<string, ModuleCopy>>;
    /** Where the sources are put together; removed afterwards. */
    readonly scratch: string;
    readonly environment: NodeJS.ProcessEnv;
}

/**
 * Puts the sources together in a scratch folder and does the work there. Go refuses overlays for files of its module
 * cache, hence a copy: made for each build, never kept, never committed.
 *
 * @param work - given the folder that holds `go.mod`
 */
export async function withModuleCopies<T>(
    { folder, copies, scratch, environment }: CopiedSources,
    work: (sources: string) => Promise<T>,
): Promise<T> {
    if (Object.keys(copies).length === 0) return work(folder);
    await rm(scratch, { recursive: true, force: true });
    try {
        // Ours first: what is there already is not replaced by the module's own.
        await addFiles(folder, scratch);
        for (const [place, copy] of Object.entries(copies)) {
            await addFiles(await moduleFolder(copy, folder, environment), join(scratch, place));
        }
        return await work(scratch);
    } finally {
        await rm(scratch, { recursive: true, force: true });
    }
}

/**
 * Folder of a module in Go's module cache, downloaded if need be.
 *
 * @throws Error when what was downloaded is not what the recipe pins
 */
async function moduleFolder(
    { module, sum }: ModuleCopy,
    folder: string,
    environment: NodeJS.ProcessEnv,
): Promise<string> {
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module], {
        cwd: folder,
        env: environment,
    });
    const found = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    if (found.Sum !== sum) {
        throw new Error(`${module} has the checksum ${found.Sum}, not ${sum}: the module proxy serves something else`);
    }
    return found.Dir;
}

/** Copies all files except tests. Files that exist stay; folders are ours, whatever the mode of the originals. */
async function addFiles(from: string, to: string): Promise<void> {
    for (const file of await filesBelow(from, (name) => !name.endsWith("_test.go"))) {
        const target = join(to, relative(from, file));
        await mkdir(dirname(target), { recursive: true });
        await copyFile(file, target, constants.COPYFILE_EXCL).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        });
    }
}
