/** Calls one Docker engine through the docker client. */

import { execFile } from "node:child_process";
import { constants } from "node:os";

/** Result of a call of the docker client. */
export interface Ended {
    /** Exit code; 128 + n when signal n ended the client, 127 when it could not be started. */
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    /** The client took too long and was killed. @default false */
    readonly isLate?: boolean;
}

/**
 * Runs the docker client and never throws.
 *
 * @param timeout - milliseconds after which the client is killed. @default 60 000
 */
export type Docker = (args: readonly string[], timeout?: number) => Promise<Ended>;

/** Exit code of a client that could not be started. */
const NO_CLIENT = 127;

/**
 * The docker client of one engine.
 *
 * @param env - the client's whole environment: it names the engine, so that no call can reach another one
 */
export function dockerClient(env: NodeJS.ProcessEnv): Docker {
    return (args, timeout = 60_000) =>
        new Promise((resolve) => {
            const options = { env, timeout, killSignal: "SIGKILL", maxBuffer: Infinity } as const;
            const child = execFile("docker", [...args], options, (error, stdout, stderr) => {
                if (error === null) return resolve({ code: 0, stdout, stderr });
                const { code, signal, killed, message } = error;
                if (typeof code === "string") return resolve({ code: NO_CLIENT, stdout: "", stderr: message });
                const ended = code ?? 128 + (signal ? constants.signals[signal] : 0);
                resolve({ code: ended, stdout, stderr, ...(killed === true && { isLate: true }) });
            });
            child.stdin?.end();
        });
}

/** Whether the client gave no answer: it could not be started, or took too long. */
export function isMute({ code, isLate = false }: Ended): boolean {
    return code === NO_CLIENT || isLate;
}

/** The last line that a client printed: the docker client prints usage and warnings before it. */
export function lastWords({ stdout, stderr, code }: Ended): string {
    const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "").at(-1) ?? `exit code ${code}`;
}

/** Whether the client says that requested objects do not exist. The engine words this differently for networks. */
export function saysGone(stderr: string): boolean {
    return /no such (object|container|network|volume|image)|(network|volume|container) \S+ not found/i.test(stderr);
}
