/** Ctrl-C, once for all: whoever is at work decides what it means; without anybody, the program ends. */

import { signalDescendants } from "./processes";

/** The same Ctrl-C arrives from the terminal, from npm and from the launcher within moments. */
const SAME_INTERRUPT_MILLISECONDS = 700;

const handlers: (() => void)[] = [];
let last = 0;

/**
 * Takes over until released. The newest handler gets the signal.
 *
 * @returns releases it
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
 * @param end - called when nobody has taken over; must end the program
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

/** A launcher that was killed cannot pass signals on any more: the user wanted this to end. */
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
