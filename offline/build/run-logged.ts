import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";

/** One command of a step, and where its output is kept. */
export interface LoggedCommand {
    /** Name of the step, for the error. */
    readonly step: string;
    readonly command: string;
    readonly parameters: readonly string[];
    readonly folder?: string;
    readonly environment: NodeJS.ProcessEnv;
    /** Gets the whole output; earlier commands of the same run are kept. */
    readonly logFile: string;
    readonly log: (line: string) => void;
}

const QUOTED_LINES = 20;

/**
 * Runs a command, passes its output on line by line and keeps it in a file.
 *
 * @throws Error naming the step, the command, its last 20 lines and the log file
 */
export async function runLogged(options: LoggedCommand): Promise<void> {
    const shown = [options.command, ...options.parameters].join(" ");
    await mkdir(dirname(options.logFile), { recursive: true });
    const file = createWriteStream(options.logFile, { flags: "a" });
    file.write(`$ ${shown}\n`);

    const last: string[] = [];
    const child = spawn(options.command, options.parameters, {
        cwd: options.folder,
        env: options.environment,
        stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
            file.write(`${line}\n`);
            options.log(line);
            last.push(line);
            if (last.length > QUOTED_LINES) {
                last.shift();
            }
        });
    }
    const outcome = await new Promise<string>((resolve) => {
        child.on("error", (error) => {
            resolve(error.message);
        });
        child.on("close", (code, signal) => {
            resolve(code === 0 ? "" : signal === null ? `exit code ${String(code)}` : `ended by ${signal}`);
        });
    });
    file.end();
    await finished(file);
    if (outcome !== "") {
        const quoted = last.map((line) => `    ${line}`).join("\n");
        throw new Error(`${options.step}: ${outcome} from: ${shown}\n${quoted}\nWhole output: ${options.logFile}`);
    }
}
