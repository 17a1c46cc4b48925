/** Sources of a Go program that builds some modules from copies in which strata's files replace the module's own. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { filesBelow } from "./stamp";

/** Subfolder of a Go module of strata, with the files that replace a copied module's own. */
export const MODULE_COPIES = "modules";

/** A module in which strata's files replace some of the module's own, for example with a short list of vendors. */
export interface ModuleCopy {
    /** `path@version`, as in go.mod. */
    readonly module: string;
    /** `h1:…` as in a go.sum; go.sum itself has no line for a module that is replaced by a folder. */
    readonly sum: string;
}

/** Sources and copied modules of {@link withModuleCopies}. */
export interface CopiedSources {
    /** Folder with `go.mod` and `go.sum`. Below its `modules/` are the files that replace a module's own. */
    readonly folder: string;
    /** Copied modules, by folder below {@link folder}. Without copies, the work is done in {@link folder} itself. */
    readonly copies: Readonly<Record<string, ModuleCopy>>;
    /** Folder in which the sources are put together; removed afterwards. */
    readonly scratch: string;
    readonly environment: NodeJS.ProcessEnv;
}

/**
 * Puts the sources together in a scratch folder and does the work there. Go refuses overlays for files of its module cache, so the
 * module is copied for each build. The copy is never kept and never committed.
 *
 * @param work - gets the folder that holds `go.mod`
 */
export async function withModuleCopies<T>(
    { folder, copies, scratch, environment }: CopiedSources,
    work: (sources: string) => Promise<T>,
): Promise<T> {
    if (Object.keys(copies).length === 0) return work(folder);
    await rm(scratch, { recursive: true, force: true });
    try {
        // Copies strata's files first: existing files are not replaced by the module's own.
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
 * Folder of a module in Go's module cache; downloads the module if it is missing.
 *
 * @throws Error when the module's checksum is not the one that the recipe pins
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

/** Copies all files except tests. Existing files stay. Folders are created anew, so they do not have the originals' modes. */
async function addFiles(from: string, to: string): Promise<void> {
    for (const file of await filesBelow(from, (name) => !name.endsWith("_test.go"))) {
        const target = join(to, relative(from, file));
        await mkdir(dirname(target), { recursive: true });
        await copyFile(file, target, constants.COPYFILE_EXCL).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        });
    }
}
