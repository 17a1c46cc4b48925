/**
 * The processes of this machine: whether one runs, since when, what it is called, and what it started.
 *
 * Reads `/proc` where it exists (Linux) and asks `ps` elsewhere (macOS).
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

/** A process, told apart from a later one that got the same number. */
export interface ProcessId {
    readonly pid: number;
    /** When it started, as this machine writes it. Equal for the same process, different for every other. */
    readonly started?: string;
}

/** A process that runs. */
export interface RunningProcess extends ProcessId {
    /** Name of its program without the folder; unknown where the system does not tell. */
    readonly name?: string;
    /** When it started, in milliseconds since 1970. */
    readonly since?: number;
}

/** Where the facts come from. */
export interface ProcessSource {
    /** What signal 0 says: the process exists, exists and belongs to another user, or does not exist. */
    readonly exists: (pid: number) => "yes" | "foreign" | "no";
    /** Content of `/proc/<path>`. */
    readonly proc: (path: string) => string | undefined;
    /** Names in `/proc`, or `undefined` without one. */
    readonly procNames: () => readonly string[] | undefined;
    /** Output of `ps`, or `undefined` when it fails. */
    readonly ps: (args: readonly string[]) => string | undefined;
}

/** Above it, a number means something else to the system call. */
const LARGEST = 2 ** 31 - 1;

/** The machine that this program runs on. */
export const thisMachine: ProcessSource = {
    exists: (pid) => {
        try {
            process.kill(pid, 0);
            return "yes";
        } catch (error) {
            return (error as NodeJS.ErrnoException).code === "EPERM" ? "foreign" : "no";
        }
    },
    proc: (path) => quietly(() => readFileSync(`/proc/${path}`, "utf8")),
    procNames: () => quietly(() => readdirSync("/proc")),
    ps: (args) => {
        const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
        const { status, stdout } = spawnSync("ps", [...args], { encoding: "utf8", env });
        return status === 0 ? stdout : undefined;
    },
};

/**
 * A running process, or `undefined` when there is none of the number.
 *
 * A zombie does not run: it has ended, and only its parent has not noticed. An init that looks rarely, as in containers
 * and small virtual machines, leaves zombies for seconds, or for good.
 */
export function lookUp(pid: number, source: ProcessSource = thisMachine): RunningProcess | undefined {
    if (!Number.isInteger(pid) || pid <= 0 || pid > LARGEST) return undefined;
    const exists = source.exists(pid);
    if (exists === "no") return undefined;
    if (source.proc("self/stat") === undefined) return fromPs(pid, source);
    const stat = source.proc(`${pid}/stat`);
    // Another user's process may be hidden in `/proc`; one of this user's has ended meanwhile.
    if (stat === undefined) return exists === "foreign" ? { pid } : undefined;
    return fromStat(pid, stat, source);
}

/** What to write down of a process to recognise it later. */
export function identify(pid: number, source: ProcessSource = thisMachine): ProcessId {
    const started = lookUp(pid, source)?.started;
    return { pid, ...(started !== undefined && { started }) };
}

/** Whether a process that was written down still runs. Its number alone decides when the start is unknown. */
export function runs({ pid, started }: ProcessId, source: ProcessSource = thisMachine): boolean {
    const found = lookUp(pid, source);
    if (found === undefined) return false;
    return started === undefined || found.started === undefined || started === found.started;
}

/** Name of a running process, or `undefined` when there is no such process. */
export function processName(pid: number, source: ProcessSource = thisMachine): string | undefined {
    return lookUp(pid, source)?.name;
}

/** All processes below one, the deepest first. */
export function descendantsOf(pid: number, source: ProcessSource = thisMachine): number[] {
    const children = new Map<number, number[]>();
    for (const [child, parent] of parents(source)) children.set(parent, [...(children.get(parent) ?? []), child]);
    const below = (of: number): number[] => (children.get(of) ?? []).flatMap((child) => [...below(child), child]);
    return below(pid);
}

/** Names the machine, so that a process number of another one is not looked up here. A container is a machine of its own. */
export function machineName(): string {
    const namespace = quietly(() => readlinkSync("/proc/self/ns/pid"));
    return namespace === undefined ? hostname() : `${hostname()} ${namespace}`;
}

/** Ticks per second in `/proc`: the same on every architecture that Node runs on. */
const TICKS = 100;

/** See proc(5): the name may hold spaces and brackets, so the fields are counted from its last bracket. */
function fromStat(pid: number, stat: string, source: ProcessSource): RunningProcess | undefined {
    const [, name, rest = ""] = /^\d+ \((.*)\) (.*)/s.exec(stat) ?? [];
    const fields = rest.split(" ");
    if (name === undefined || fields[0] === "Z" || fields[0] === "X") return undefined;
    const ticks = Number(fields[19]);
    const boot = source.proc("sys/kernel/random/boot_id")?.trim() ?? "";
    const uptime = Number(source.proc("uptime")?.split(" ")[0]);
    const since = Date.now() - (uptime - ticks / TICKS) * 1000;
    return { pid, name, started: `${boot} ${ticks}`, ...(Number.isFinite(since) && { since }) };
}

/** For example `Ss   Sat Nov 29 11:43:17 2026     /usr/sbin/cron`. */
const PS_LINE = /^\s*(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.*\S)/;

function fromPs(pid: number, source: ProcessSource): RunningProcess | undefined {
    const line = source.ps(["-o", "stat=,lstart=,comm=", "-p", String(pid)]);
    const [, state, started, command] = PS_LINE.exec(line ?? "") ?? [];
    // It exists, and there is no `ps` that says more.
    if (state === undefined || started === undefined || command === undefined) return { pid };
    if (state.startsWith("Z")) return undefined;
    return { pid, name: basename(command), started, since: Date.parse(`${started} UTC`) };
}

function parents(source: ProcessSource): (readonly [child: number, parent: number])[] {
    const names = source.proc("self/stat") === undefined ? undefined : source.procNames();
    if (names === undefined) {
        const lines = source.ps(["-A", "-o", "pid=,ppid="])?.split("\n") ?? [];
        return lines
            .map((line) => line.trim().split(/\s+/).map(Number))
            .map(([child = 0, parent = 0]) => [child, parent]);
    }
    return names
        .filter((name) => /^\d+$/.test(name))
        .flatMap((name) => {
            const stat = source.proc(`${name}/stat`);
            if (stat === undefined) return [];
            return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])] as const];
        });
}

function quietly<T>(read: () => T): T | undefined {
    try {
        return read();
    } catch {
        return undefined;
    }
}
