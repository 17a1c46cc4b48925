/** Ctrl-C, handled in one place: the newest handler decides what it means; without a handler, the program ends. */

import { signalDescendants } from "./processes";

/** The same Ctrl-C arrives from the terminal, from npm and from the launcher within moments. */
const SAME_INTERRUPT_MILLISECONDS = 700;

const handlers: (() => void)[] = [];
let last = 0;

/**
 * Adds a handler until it is released. The newest handler gets the signal.
 *
 * @returns releases the handler
 */
export function onInterrupt(handler: () => void): () => void {
    handlers.push(handler);
    return () => {
        const index = handlers.lastIndexOf(handler);
        if (index >= 0) handlers.splice(index, 1);
    };
}

/**
 * Starts listening. Call once.
 *
 * @param end - called when there is no handler; must end the program
 */
export function listenForInterrupts(end: () => void): void {
    const interrupted = (): void => {
        if (Date.now() - last < SAME_INTERRUPT_MILLISECONDS) return;
        last = Date.now();
        const handler = handlers.at(-1);
        if (handler) {
            handler();
        } else {
            signalDescendants("SIGTERM");
            end();
        }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupted);
    watchLauncher(interrupted);
}

/** Takes the end of the launcher for Ctrl-C: a launcher that was killed cannot pass signals on any more. */
function watchLauncher(interrupted: () => void): void {
    const launcher = Number(process.env.STRATA_LAUNCHER);
    if (!launcher || process.ppid !== launcher) return;
    const timer = setInterval(() => {
        if (process.ppid === launcher) return;
        clearInterval(timer);
        interrupted();
    }, 1000);
    timer.unref();
}
