import { readFileSync } from "node:fs";

/**
 * Name of a running process (`/proc/<pid>/comm`), or `undefined` when there is no such process.
 *
 * One that has ended and whose parent has not noticed yet does not run. An init that looks rarely, as in containers and
 * small virtual machines, leaves those for seconds, or for good.
 */
export function processName(pid: number): string | undefined {
    try {
        const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        return state === "Z" || state === "X" ? undefined : name;
    } catch {
        return undefined;
    }
}
