import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

/** Number of a failed command's last lines in the error. */
const quotedLines = 20;

export interface Command {
    /** Name of the step on whose behalf the command runs. */
    readonly step: string;
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly environment: NodeJS.ProcessEnv;
    /** File to which the command's output is appended. */
    readonly logFile: string;
    /** Receives each line of the output at once. */
    readonly log?: (line: string) => void;
}

/** Error of a step whose command failed. The message names the step, the command, the command's last lines, and the log file. */
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
 * Runs a command to its end, and writes its output to a log file.
 *
 * @throws StepError when the command cannot be started or does not exit with 0
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

/** Runs the command. @returns what went wrong, or `undefined` */
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
