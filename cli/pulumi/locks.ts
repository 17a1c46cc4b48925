/** Pulumi's own locks, which say who works on a stack, for all kinds of backends. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { lookUp, machineName, type RunningProcess, runs } from "../../offline/build/process";
import { Failure, npmRun } from "../failure";
import type { RunRecord } from "./run-record";

/** A lock that Pulumi's backend holds for a run. */
export interface Lock {
    /** Login name of the user who began the run. */
    readonly user?: string;
    /** Unknown for a run at Pulumi Cloud. */
    readonly pid?: number;
    readonly host?: string;
    /** ISO 8601, or words: `5 minutes ago`. */
    readonly since: string;
    /** Where the backend keeps the lock. */
    readonly place?: string;
}

/** Reads the locks of a stack in a backend that is a folder. */
export function readLocks(stateFolder: string, project: string, stack: string): Lock[] {
    const folder = lockFolder(stateFolder, project, stack);
    const files = listed(folder).filter((file) => file.endsWith(".json"));
    return files.map((file) => {
        try {
            const lock = JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;
            return {
                ...(typeof lock.username === "string" && { user: lock.username }),
                pid: Number(lock.pid),
                host: String(lock.hostname),
                since: String(lock.timestamp),
                place: join(folder, file),
            };
        } catch {
            // The run was killed while it wrote the lock, so nothing holds it.
            return { pid: 0, host: hostname(), since: "unknown", place: join(folder, file) };
        }
    });
}

/** Removes the locks of a stack in a backend that is a folder. */
export function removeLocks(stateFolder: string, project: string, stack: string): void {
    rmSync(lockFolder(stateFolder, project, stack), { recursive: true, force: true });
}

function lockFolder(stateFolder: string, project: string, stack: string): string {
    return join(stateFolder, ".pulumi", "locks", "organization", project, stack);
}

const LOCKED = /the stack is currently locked by/;
const CREATED = /(\S+): created by (.+)@(\S+) \(pid (\d+)\) at (\S+)/g;

/** Pulumi Cloud answers a second run with 409 and this page (`ConflictingUpdateError`). */
const CONFLICT = /Another update is currently in progress|\/update-conflicts\//;

/**
 * The locks that an error of `pulumi` speaks of: `checkForLock` in its `backend/diy/lock.go`, or a conflict at Pulumi Cloud. Empty
 * when the error is about something else. Pure.
 */
export function parseLocks(text: string): Lock[] {
    if (LOCKED.test(text)) {
        const found = [...text.matchAll(CREATED)];
        if (found.length === 0) return [{ since: "an unknown time" }];
        return found.map(([, place = "", user = "", host = "", pid, since = ""]) => ({
            user,
            host,
            pid: Number(pid),
            since,
            place,
        }));
    }
    return CONFLICT.test(text) ? [{ since: "just before" }] : [];
}

const IN_PROGRESS = /^ +\S.* in progress:\s*\n\s*Started: (.*)\n\s*Requested By: (.*)$/m;

/** The run that `pulumi stack` shows for a stack at Pulumi Cloud, if any. Pure. */
export function parseProgress(text: string): Lock[] {
    const [, since, user] = IN_PROGRESS.exec(text) ?? [];
    return since === undefined || user === undefined ? [] : [{ user: user.trim(), since: since.trim() }];
}

/**
 * Whether the run behind a lock is gone, so that the lock may be removed without a question.
 *
 * In this checkout's own folder every lock comes from this machine, so its process tells. In another backend, only the lock of this
 * checkout's own run may be removed: another operator's machine may have the same name, and its processes cannot be seen.
 *
 * @param isPrivate - whether the state is in this checkout
 * @param run - the last run of this checkout that did not end in order
 */
export function isAbandoned(
    lock: Lock,
    isPrivate: boolean,
    run: RunRecord | undefined,
    look: (pid: number) => RunningProcess | undefined = lookUp,
): boolean {
    const { pid, host, since } = lock;
    if (pid === undefined || host !== hostname()) return false;
    if (run?.pulumi.pid === pid && run.machine === machineName()) return !runs(run.pulumi);
    if (!isPrivate) return false;
    const found = look(pid);
    if (found === undefined) return true;
    if (found.name !== undefined && !found.name.startsWith("pulumi")) return true;
    // Another process got the number: it started well after this lock was written.
    return found.since !== undefined && found.since > Date.parse(since) + 60_000;
}

/** The refusal to touch a stack on which another run works: who, since when, and what to do. */
export function workedOn(stack: string, locks: readonly Lock[]): Failure {
    const [lock] = locks;
    const who = lock?.user === undefined ? "somebody else" : `${lock.user}${lock.host ? `@${lock.host}` : ""}`;
    const process = lock?.pid ? ` (process ${lock.pid})` : "";
    const lines = `eval "$(${npmRun("-s strata", stack, "env")})"`;
    return new Failure(
        `${who}${process} has been working on ${stack} since ${lock?.since ?? "an unknown time"}: nothing was touched`,
        `wait for the end and run it again; only when that run is gone for good: ${lines}; pulumi cancel --yes`,
        undefined,
        locks.flatMap(({ place }) => (place === undefined ? [] : [`  its lock: ${place}`])),
    );
}

function listed(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}
