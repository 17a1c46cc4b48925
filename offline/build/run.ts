import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

/** How many of a failed command's last lines are quoted in the error. */
const quotedLines = 20;

export interface Command {
    /** Name of the step on whose behalf the command runs. */
    readonly step: string;
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly environment: NodeJS.ProcessEnv;
    /** Everything the command prints is added to it. */
    readonly logFile: string;
    /** Also receives each line as it comes. */
    readonly log?: (line: string) => void;
}

/** A command of a step failed. The message is all an operator needs: what, with what, its last words, and where the rest is. */
export class StepError extends Error {
    constructor(command: Command, outcome: string, lastLines: readonly string[]) {
        super(
            [
                `${command.step}: ${[command.program, ...command.args].join(" ")}`,
                `${outcome}; its last lines (all of them: ${command.logFile}):`,
                ...lastLines.map((line) => `    ${line}`),
            ].join("\n"),
        );
        this.name = "StepError";
    }
}

/**
 * Runs a command to its end, with everything it prints in a log file.
 *
 * @throws StepError when it cannot be started or does not exit with 0
 */
export async function run(command: Command): Promise<void> {
    await mkdir(dirname(command.logFile), { recursive: true });
    const logFile = createWriteStream(command.logFile, { flags: "a" });
    const lastLines: string[] = [];
    const heard = (line: string): void => {
        logFile.write(`${line}\n`);
        command.log?.(line);
        lastLines.push(line);
        if (lastLines.length > quotedLines) lastLines.shift();
    };
    logFile.write(`$ ${[command.program, ...command.args].join(" ")}\n`);
    try {
        const outcome = await outcomeOf(command, heard);
        if (outcome !== undefined) throw new StepError(command, outcome, lastLines);
    } finally {
        await new Promise<void>((resolve) => logFile.end(resolve));
    }
}

/** Resolves with what went wrong, or with nothing. */
function outcomeOf(command: Command, heard: (line: string) => void): Promise<string | undefined> {
    return new Promise((resolve) => {
        const child = spawn(command.program, command.args, {
            cwd: command.cwd,
            env: command.environment,
            stdio: ["ignore", "pipe", "pipe"],
        });
        createInterface({ input: child.stdout }).on("line", heard);
        createInterface({ input: child.stderr }).on("line", heard);
        child.on("error", (error) => resolve(`could not be started (${error.message})`));
        child.on("close", (code, signal) =>
            resolve(code === 0 ? undefined : signal ? `was ended by ${signal}` : `exited with ${String(code)}`),
        );
    });
}
