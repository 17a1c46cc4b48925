/** What a person is told when a command ends with an error. */

import { CommanderError } from "commander";

import { asFailure, ExitCode } from "../failure";
import { withoutLogins } from "./text";

/** Prints what is wrong and the next step. @returns the command's exit code */
export function reportError(thrown: unknown): number {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.holds : ExitCode.unknown;
    const error = asFailure(thrown);
    if (!error) {
        console.error(thrown);
        return ExitCode.unknown;
    }
    const [message, next, ...details] = [error.message, error.next, ...error.details].map(withoutLogins);
    if (process.argv.includes("--json")) {
        console.log(JSON.stringify({ error: message, details, next }, undefined, 2));
    }
    const red = process.stderr.isTTY && !process.env.NO_COLOR;
    console.error(`${red ? "\x1b[31m✗\x1b[0m" : "✗"} ${message}`);
    details.forEach((line) => console.error(line));
    console.error(`  next: ${next}`);
    return error.exitCode;
}
