import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { processName } from "./process-name";

/**
 * Does something while nobody else on this machine does anything to the cache. Two checkouts may be set up at once; the
 * second one waits, then finds the artefacts made.
 */
export function withCacheLock<T>(cache: string, log: (line: string) => void, work: () => Promise<T>): Promise<T> {
    return withLock(cache, "is setting up the same cache", log, work);
}

/**
 * Does something while nobody else on this machine does the same.
 *
 * The lock is a file with the process ID of its holder: a holder that was killed leaves a file whose process is gone,
 * which the next one removes.
 *
 * @param folder - where the file is; made if need be
 * @param what - for whoever waits: what the holder does
 */
export async function withLock<T>(
    folder: string,
    what: string,
    log: (line: string) => void,
    work: () => Promise<T>,
): Promise<T> {
    const lock = join(folder, ".lock");
    await mkdir(folder, { recursive: true });
    let told = false;
    while (!(await take(lock))) {
        const holder = await holderOf(lock);
        if (holder !== undefined && processName(holder) === undefined) {
            await rm(lock, { force: true });
            continue;
        }
        if (!told && holder !== undefined) log(`waiting for process ${String(holder)}, which ${what}`);
        told = true;
        await sleep(500);
    }
    try {
        return await work();
    } finally {
        await rm(lock, { force: true });
    }
}

async function take(lock: string): Promise<boolean> {
    try {
        const file = await open(lock, "wx");
        await file.write(String(process.pid));
        await file.close();
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
    }
}

/** The holder's process ID, or nothing while it is being written or has just been released. */
async function holderOf(lock: string): Promise<number | undefined> {
    try {
        const pid = Number(await readFile(lock, "utf8"));
        return Number.isInteger(pid) && pid > 0 ? pid : undefined;
    } catch {
        return undefined;
    }
}
