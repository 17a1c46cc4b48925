/** The record of a run that changes a stack, by which the next run can tell what became of it. */

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { identify, machineName, type ProcessId, runs } from "../../offline/build/process";
import { privateFolder } from "../places";
import type { Stack } from "../stacks/stack";

/** What `pulumi` is told to do. */
export type Verb = "up" | "preview" | "refresh" | "destroy";

/** A run of `pulumi`. */
export interface RunRecord {
    readonly verb: Exclude<Verb, "preview">;
    readonly machine: string;
    /** The command line that began the run. */
    readonly owner: ProcessId;
    readonly pulumi: ProcessId;
    /** ISO 8601. */
    readonly since: string;
}

/** The run of a stack that did not end as it should, if any. */
export function recordedRun(stack: Stack): RunRecord | undefined {
    try {
        const record = JSON.parse(readFileSync(recordFile(stack), "utf8")) as Partial<RunRecord>;
        // Earlier versions wrote numbers only, and no verb.
        return typeof record.pulumi === "object" && typeof record.owner === "object" && record.verb !== undefined
            ? (record as RunRecord)
            : undefined;
    } catch {
        return undefined;
    }
}

/**
 * Records a run. A preview is not recorded: it makes nothing and holds no lock, and its record would hide an earlier run.
 *
 * @returns what was written, if anything
 */
export function rememberRun(stack: Stack, verb: Verb, pulumi: number): RunRecord | undefined {
    if (verb === "preview") return undefined;
    const record: RunRecord = {
        verb,
        machine: machineName(),
        owner: identify(process.pid),
        pulumi: identify(pulumi),
        since: new Date().toISOString(),
    };
    const file = recordFile(stack);
    writeFileSync(`${file}.new`, JSON.stringify(record));
    renameSync(`${file}.new`, file);
    return record;
}

/** Forgets a run that ended in order. */
export function forgetRun(stack: Stack): void {
    rmSync(recordFile(stack), { force: true });
}

/** Whether a run goes on although the command line that began it is gone. */
export function isOrphan({ machine, owner, pulumi }: RunRecord): boolean {
    return machine === machineName() && runs(pulumi) && !runs(owner);
}

/** A run that is under way. */
export interface UnderWay {
    /** What a person typed for it; `rotate` and a recovery are updates, too. */
    readonly verb: "up" | "down";
    /** ISO 8601. */
    readonly since: string;
    /** Process of `pulumi`. */
    readonly process: number;
}

/** The run of this checkout that changes a stack just now, if any. */
export function runUnderWay(stack: Stack): UnderWay | undefined {
    const run = recordedRun(stack);
    if (run === undefined || run.machine !== machineName() || !runs(run.pulumi)) return undefined;
    return { verb: run.verb === "destroy" ? "down" : "up", since: run.since, process: run.pulumi.pid };
}

function recordFile(stack: Stack): string {
    return join(privateFolder(), `run-${stack.name}.json`);
}
