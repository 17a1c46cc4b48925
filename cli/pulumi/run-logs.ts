/** Files with what `pulumi` printed, of which the last ones of each stack are kept. */

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Verb } from "./run-record";

/** Runs of each stack whose output is kept. */
const KEPT_LOGS = 10;

/** The name, without an extension, of the files of a run. */
export function runName(stack: string, verb: Verb, since: Date): string {
    return `${stack}-${since.toISOString().replaceAll(":", "")}-${verb}`;
}

/** Whether a file is of a stack's runs. The name of a stack may be the beginning of another stack's: the time has to follow. */
export function isRunFile(stack: string, file: string): boolean {
    return (
        file.startsWith(`${stack}-`) && /^\d{4}-\d\d-\d\dT[\d.]+Z-[a-z]+\.[a-z]+$/.test(file.slice(stack.length + 1))
    );
}

/** Removes all but the last files of a stack's runs. */
export function dropOldLogs(folder: string, stack: string): void {
    const own = readdirSync(folder).filter((file) => isRunFile(stack, file));
    for (const file of own.sort().slice(0, -KEPT_LOGS)) rmSync(join(folder, file), { force: true });
}
