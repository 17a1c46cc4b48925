/** One set-up at a time: two that build the same thing into one cache would only slow each other down. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Progress } from "../output/progress";
import { processName } from "../processes";

/** Runs work while holding the cache's lock; waits for a living holder, takes over from a dead one. */
export async function withCacheLock<T>(cache: string, progress: Progress, work: () => Promise<T>): Promise<T> {
    mkdirSync(cache, { recursive: true });
    const file = join(cache, "setup.lock");
    for (let holder = take(file); holder !== undefined; holder = take(file)) {
        const pid = holder;
        progress.wait(() => `another set-up (process ${pid}) works on ${cache}; waiting for it`);
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    progress.settle();
    try {
        return await work();
    } finally {
        rmSync(file, { force: true });
    }
}

/** Takes the lock, or returns the process that has it. */
function take(file: string): number | undefined {
    try {
        writeFileSync(file, String(process.pid), { flag: "wx" });
        return undefined;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readFileSync(file, "utf8"));
    // Node names its main thread, so a reused pid of another program is no holder.
    if (holder !== process.pid && /^(node|MainThread)/.test(processName(holder) ?? "")) return holder;
    rmSync(file, { force: true });
    return take(file);
}
