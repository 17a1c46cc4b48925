/** Processes of this machine, through `/proc`. */

import { readdirSync, readFileSync } from "node:fs";

/** A process and its descendants, parents first. */
export function processTree(root: number): number[] {
    const children = new Map<number, number[]>();
    for (const pid of allProcesses()) {
        const parent = parentOf(pid);
        if (parent !== undefined) {
            children.set(parent, [...(children.get(parent) ?? []), pid]);
        }
    }
    const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
    return below(root);
}

/** Whether a process exists and is no zombie. */
export function isAlive(pid: number): boolean {
    return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`) ?? "");
}

/** Sends a signal to each process; a process that ended meanwhile is no error. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) {
        try {
            process.kill(pid, signal);
        } catch {
            continue;
        }
    }
}

/** Name of a process, as in `ps -o comm`. */
export function nameOf(pid: number): string | undefined {
    return read(`/proc/${pid}/comm`)?.trim();
}

/** Arguments of a process, which `ps` shows to every user, and its environment, which its owner can read. */
export function visibleTextOf(pid: number): string {
    return `${read(`/proc/${pid}/cmdline`) ?? ""}\n${read(`/proc/${pid}/environ`) ?? ""}`.replaceAll("\0", "\n");
}

/** Ids of all processes. */
export function allProcesses(): number[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
}

function parentOf(pid: number): number | undefined {
    const status = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`) ?? "");
    return status ? Number(status[1]) : undefined;
}

function read(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
