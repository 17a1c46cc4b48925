import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * A digest over everything that an artefact is made from. A stamp file next to the artefact keeps it; an equal stamp means that there
 * is nothing to do.
 *
 * @param files - hashed with their path relative to `root`, so that checkouts in different places agree
 * @param facts - other inputs that matter: flags, versions
 */
export async function digestOf(root: string, files: readonly string[], facts: readonly string[]): Promise<string> {
    const hash = createHash("sha256");
    for (const fact of facts) hash.update(`fact ${fact}\0`);
    for (const file of [...files].sort()) {
        hash.update(`file ${relative(root, file)}\0`);
        hash.update(await readFile(file));
        hash.update("\0");
    }
    return hash.digest("hex");
}

/** All files below a folder whose name is accepted, sorted. */
export async function filesBelow(folder: string, accepts: (name: string) => boolean): Promise<string[]> {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
        .filter((entry) => entry.isFile() && accepts(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
}

/** Whether the artefact exists and its stamp equals the digest. */
export async function isStamped(artefact: string, stampFile: string, digest: string): Promise<boolean> {
    try {
        await stat(artefact);
        return (await readFile(stampFile, "utf8")).trim() === digest;
    } catch {
        return false; // either is missing: not made yet, or interrupted
    }
}

/** Writes the stamp in one step. Call this last: the stamp proves that the artefact is complete. */
export async function writeStamp(stampFile: string, digest: string): Promise<void> {
    await mkdir(dirname(stampFile), { recursive: true });
    const temporary = `${stampFile}.${String(process.pid)}`;
    await writeFile(temporary, `${digest}\n`);
    await rename(temporary, stampFile);
}
