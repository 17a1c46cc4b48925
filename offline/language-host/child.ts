import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";

/** Milliseconds that a program may take to end after an interrupt. */
const grace = 5_000;

const running = new Set<ChildProcess>();

export interface Outcome {
    /** `null` when a signal ended it. */
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}

export interface Child {
    readonly process: ChildProcess;
    /** Rejects only when the program could not be started. */
    readonly ended: Promise<Outcome>;
}

/** Starts the Node that runs this host with a script of the SDK. */
export function startNode(
    args: readonly string[],
    options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv; readonly stdio: StdioOptions },
): Child {
    const child = spawn(process.execPath, args, options);
    running.add(child);
    const ended = new Promise<Outcome>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve({ code, signal }));
    }).finally(() => running.delete(child));
    return { process: child, ended };
}

/** Interrupts a program, and kills it when it does not end. */
export function stop(child: ChildProcess): void {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), grace).unref();
}

/** Whether all programs that this process started have ended. */
export function isIdle(): boolean {
    return running.size === 0;
}

export function stopAll(): void {
    for (const child of running) stop(child);
}

export function killAll(): void {
    for (const child of running) child.kill("SIGKILL");
}
