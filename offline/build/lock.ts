import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, lutimes, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { identify, machineName, type ProcessId, runs } from "./process";

/**
 * Works on the cache under its lock. Two checkouts may be set up at once: the second one waits for the first, and then finds the
 * artefacts made.
 */
export function withCacheLock<T>(cache: string, log: (line: string) => void, work: () => Promise<T>): Promise<T> {
    return withLock(cache, "is setting up the same cache", log, work);
}

/** Interval at which a holder shows that it is alive, for waiters on other machines that share the folder. */
const BEAT_MILLISECONDS = 10_000;

/** Silence after which the lock of a holder on another machine counts as left behind. */
const SILENCE_MILLISECONDS = 60_000;

/** Age at which a lock that names no holder counts as left behind. Locks appear complete, so no process is still writing it. */
const UNREADABLE_MILLISECONDS = 5000;

const POLL_MILLISECONDS = 500;

/**
 * Does work under a lock that only one process holds at a time.
 *
 * The lock is a file that names its holder. It appears whole or not at all (`link`). A holder that was killed leaves a file whose
 * process no longer runs. Every removal of a lock, by its holder or by a waiter, happens under a second lock that is named after it: of
 * two waiters that see the same dead holder, one removes the file, and never a newer one.
 *
 * @param folder - folder of the lock's file; created if it is missing
 * @param what - what the holder does, for a waiter's message
 */
export async function withLock<T>(
    folder: string,
    what: string,
    log: (line: string) => void,
    work: () => Promise<T>,
): Promise<T> {
    await mkdir(folder, { recursive: true });
    return withLockFile(join(folder, ".lock"), what, log, work);
}

/**
 * {@link withLock} with a given file, in a folder that exists. In a folder that all users share, such as `/tmp`, a link or folder that
 * another user put in the file's place is neither followed nor removed.
 *
 * @throws Error with the code EPERM when another user left a lock behind that only that user may remove
 */
export async function withLockFile<T>(
    path: string,
    what: string,
    log: (line: string) => void,
    work: () => Promise<T>,
): Promise<T> {
    const own = ownContent();
    for (let told = false; !(await take(path, own));) {
        const seen = await look(path);
        if (seen === undefined) continue;
        if (await isLeft(path, seen)) {
            await remove(path, seen.token);
            continue;
        }
        if (!told) log(`waiting for ${describe(seen, path)}, which ${what}`);
        told = true;
        await sleep(POLL_MILLISECONDS);
    }
    const beat = setInterval(
        () => void lutimes(path, new Date(), new Date()).catch(() => undefined),
        BEAT_MILLISECONDS,
    );
    beat.unref();
    try {
        return await work();
    } finally {
        clearInterval(beat);
        await remove(path, own.token);
    }
}

/** Accepted tokens. */
const TOKEN = /^[A-Za-z0-9-]{1,64}$/;

/** Content of a lock's file. */
interface Content extends ProcessId {
    readonly machine: string;
    /** Unique name of this lock. */
    readonly token: string;
}

/** A lock that was found. Without a process it was not written by this program. */
interface Seen extends Partial<Content> {
    readonly token: string;
    readonly changed: number;
}

function ownContent(): Content {
    return { ...identify(process.pid), machine: machineName(), token: randomBytes(8).toString("hex") };
}

/** Takes the lock if it is free. @returns whether this process holds the lock now */
async function take(path: string, content: Content): Promise<boolean> {
    const whole = `${path}.new-${content.token}`;
    await writeFile(whole, JSON.stringify(content));
    try {
        await link(whole, path);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
    } finally {
        await rm(whole, { force: true });
    }
}

/** The lock as it is now, or `undefined` when it has just been released. */
async function look(path: string): Promise<Seen | undefined> {
    try {
        const entry = await lstat(path);
        if (!entry.isFile())
            throw new Error(`${path} is no file, so it is nobody's lock: look who made it, and remove it`);
        const { ino, mtimeMs } = entry;
        const text = await readFile(path, { encoding: "utf8", flag: constants.O_RDONLY | constants.O_NOFOLLOW });
        const content = parsed(text);
        return { token: `${ino}-${Math.trunc(mtimeMs)}`, ...content, changed: mtimeMs };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** Reads a lock's content. Earlier releases wrote a bare number, without the machine. */
function parsed(text: string): Partial<Content> {
    try {
        const content = JSON.parse(text) as Content | number;
        if (typeof content === "number") return { pid: content, machine: machineName() };
        // The token becomes part of a file's name.
        return TOKEN.test(content.token) ? content : {};
    } catch {
        return {};
    }
}

/** Whether a lock was left behind: its holder no longer runs, or has been silent for too long. */
async function isLeft(path: string, { pid, started, machine, changed }: Seen): Promise<boolean> {
    if (pid === undefined) return (await ageOf(path, changed)) > UNREADABLE_MILLISECONDS;
    if (machine !== machineName()) return (await ageOf(path, changed)) > SILENCE_MILLISECONDS;
    return !runs({ pid, ...(started !== undefined && { started }) });
}

/** Age of a file in milliseconds, by the clock of the file system, which may be another machine's. */
async function ageOf(path: string, changed: number): Promise<number> {
    const probe = join(dirname(path), `.clock-${randomBytes(8).toString("hex")}`);
    try {
        await writeFile(probe, "");
        return (await stat(probe)).mtimeMs - changed;
    } finally {
        await rm(probe, { force: true });
    }
}

/** Removes a lock if it still has this token. */
async function remove(path: string, token: string): Promise<void> {
    const guard = `${path}.${token}`;
    const own = ownContent();
    if (await take(guard, own)) {
        try {
            if ((await look(path))?.token === token) await rm(path, { force: true });
        } finally {
            await rm(guard, { force: true });
        }
        return;
    }
    const other = await look(guard);
    // Another waiter was killed while it removed the lock.
    if (other !== undefined && (await isLeft(guard, other))) await remove(guard, other.token);
    else await sleep(10);
}

function describe({ pid, machine }: Seen, path: string): string {
    if (pid === undefined) return `the holder of ${path}`;
    return machine === machineName() ? `process ${pid}` : `process ${pid} on ${machine ?? "another machine"}`;
}
