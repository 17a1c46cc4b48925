/**
 * The processes of this machine: whether a process runs, its start, its name, and its children.
 *
 * Reads `/proc` where it exists (Linux) and asks `ps` elsewhere (macOS).
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

/** Identity of a process, which differs from that of a later process with the same number. */
export interface ProcessId {
    readonly pid: number;
    /** Start of the process, as this machine writes it. Equal for the same process, different for every other. */
    readonly started?: string;
}

/** A running process. */
export interface RunningProcess extends ProcessId {
    /** Name of its program without the folder; missing where the system does not report it. */
    readonly name?: string;
    /** Start of the process in milliseconds since 1970. */
    readonly since?: number;
}

/** Source of the facts about processes. */
export interface ProcessSource {
    /** Result of signal 0: the process exists, exists and belongs to another user, or does not exist. */
    readonly exists: (pid: number) => "yes" | "foreign" | "no";
    /** Content of `/proc/<path>`. */
    readonly proc: (path: string) => string | undefined;
    /** Names in `/proc`, or `undefined` without one. */
    readonly procNames: () => readonly string[] | undefined;
    /** Output of `ps`, or `undefined` when it fails. */
    readonly ps: (args: readonly string[]) => string | undefined;
}

/** Largest process number. A larger number has another meaning for the system call. */
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
 * A running process by its number, or `undefined` when none has the number.
 *
 * A zombie does not run: it has ended, and only its parent has not collected it. An init process that collects rarely, as in containers
 * and small virtual machines, leaves zombies for seconds, or for good.
 */
export function lookUp(pid: number, source: ProcessSource = thisMachine): RunningProcess | undefined {
    if (!Number.isInteger(pid) || pid <= 0 || pid > LARGEST) return undefined;
    const exists = source.exists(pid);
    if (exists === "no") return undefined;
    if (source.proc("self/stat") === undefined) return fromPs(pid, source);
    const stat = source.proc(`${pid}/stat`);
    // `/proc` may hide another user's process. A process of this user has ended meanwhile.
    if (stat === undefined) return exists === "foreign" ? { pid } : undefined;
    return fromStat(pid, stat, source);
}

/** Identity of a process, to record it and recognise it later. */
export function identify(pid: number, source: ProcessSource = thisMachine): ProcessId {
    const started = lookUp(pid, source)?.started;
    return { pid, ...(started !== undefined && { started }) };
}

/** Whether a recorded process still runs. When the start is unknown, the number alone decides. */
export function runs({ pid, started }: ProcessId, source: ProcessSource = thisMachine): boolean {
    const found = lookUp(pid, source);
    if (found === undefined) return false;
    return started === undefined || found.started === undefined || started === found.started;
}

/** Name of a running process, or `undefined` when there is no such process. */
export function processName(pid: number, source: ProcessSource = thisMachine): string | undefined {
    return lookUp(pid, source)?.name;
}

/** All descendants of a process, the deepest first. */
export function descendantsOf(pid: number, source: ProcessSource = thisMachine): number[] {
    const children = new Map<number, number[]>();
    for (const [child, parent] of parents(source)) children.set(parent, [...(children.get(parent) ?? []), child]);
    const below = (of: number): number[] => (children.get(of) ?? []).flatMap((child) => [...below(child), child]);
    return below(pid);
}

/** Name of this machine, so that a process number of another machine is not looked up here. Each container counts as a machine. */
export function machineName(): string {
    const namespace = quietly(() => readlinkSync("/proc/self/ns/pid"));
    return namespace === undefined ? hostname() : `${hostname()} ${namespace}`;
}

/** Ticks per second in `/proc`: the same on every architecture that Node runs on. */
const TICKS = 100;

/** Reads `/proc/<pid>/stat`, see proc(5): the name may contain spaces and brackets, so the fields are counted from its last bracket. */
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

/** A line of `ps`, for example `Ss   Sat Nov 29 11:43:17 2026     /usr/sbin/cron`. */
const PS_LINE = /^\s*(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.*\S)/;

function fromPs(pid: number, source: ProcessSource): RunningProcess | undefined {
    const line = source.ps(["-o", "stat=,lstart=,comm=", "-p", String(pid)]);
    const [, state, started, command] = PS_LINE.exec(line ?? "") ?? [];
    // The process exists, and no `ps` reports more about it.
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
