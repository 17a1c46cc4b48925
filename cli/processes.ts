/** Starting programs, and ending what was started. */

import { spawn } from "node:child_process";

import { descendantsOf } from "../offline/build/process";
import { ExitCode, Failure } from "./failure";

/** How a program ended. */
export interface Ended {
    /** Exit code; 128 + n when signal n ended it, 127 when it could not be started. */
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** How to start a program. */
export interface StartOptions {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** Milliseconds after which it is killed; none by default. */
    readonly timeout?: number;
    /** Called with each line of either stream as it comes. */
    readonly onLine?: (line: string) => void;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a program without standard input and waits for its end. Never throws: a program that is missing ends with 127. */
export function run(command: string, args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return new Promise((resolve) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        // Node's own `timeout` goes on when the program could not be started, and keeps this process alive until its end.
        const clock =
            options.timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeout);
        const settle = (ended: Ended): void => {
            clearTimeout(clock);
            resolve(ended);
        };
        const output = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            let partial = "";
            child[stream].setEncoding("utf8").on("data", (chunk: string) => {
                output[stream] += chunk;
                const lines = (partial + chunk).split("\n");
                partial = lines.pop() ?? "";
                if (options.onLine) lines.forEach(options.onLine);
            });
        }
        child.on("error", (error) => settle({ code: 127, stdout: "", stderr: error.message }));
        child.on("close", (code, signal) =>
            settle({ code: code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0), ...output }),
        );
    });
}

/**
 * Runs a program that has to end with 0.
 *
 * @param next - the next step when it does not
 * @throws Failure with its last lines
 */
export async function mustRun(
    command: string,
    args: readonly string[],
    next: string,
    options: StartOptions,
): Promise<Ended> {
    const ended = await run(command, args, options);
    if (ended.code === 0) return ended;
    const lines = `${ended.stdout}${ended.stderr}`.trimEnd().split("\n").slice(-10);
    throw new Failure(`${command} ${args.join(" ")} ended with ${ended.code}`, next, ExitCode.broken, lines);
}

/** Whether a program can be found on the PATH. */
export async function onPath(command: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
    return (await run("sh", ["-c", 'command -v "$0"', command], { env })).code === 0;
}

/**
 * Sends a signal to every process below this one. A Ctrl-C at a terminal reaches them anyway; a signal sent to this
 * process alone does not.
 */
export function signalDescendants(signal: NodeJS.Signals, of: number = process.pid): void {
    for (const pid of descendantsOf(of)) {
        try {
            process.kill(pid, signal);
        } catch {
            // It ended by itself.
        }
    }
}
