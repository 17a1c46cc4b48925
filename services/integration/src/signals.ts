/** The signals that end a command. */

import type { Log } from "./log";

/** Resolves at the first SIGTERM or SIGINT. A second one ends the process at once. */
export function stopped(log: Log): Promise<void> {
    return new Promise((resolve) => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
            process.once(signal, () => {
                log("info", "stopping", { signal });
                resolve();
            });
        }
    });
}
