/** Waits for events of the engine. Polling twenty times a second would take half a core away from the work that a test waits for. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { LABEL } from "../../model/names";

/** Events of an environment's services. */
export interface ServiceEvents {
    readonly environment: string;
    readonly event: "start" | "die";
    /** Number of services. @default 1 */
    readonly count?: number;
    /** Names of containers whose events do not count. @default none */
    readonly besides?: readonly string[];
    /** Longest wait in milliseconds. */
    readonly within: number;
}

/**
 * Calls `begin`, and waits until the engine has reported the event for `count` services.
 *
 * @returns the result of `begin`
 * @throws Error when the time is over, or the engine stops reporting events
 */
export async function beginAndAwait<T>(
    { environment, event, count = 1, besides = [], within }: ServiceEvents,
    begin: () => T,
): Promise<T> {
    const filters = ["type=container", `event=${event}`, `label=${LABEL.environment}=${environment}`];
    const since = `--since=${(Date.now() / 1000).toFixed(3)}`;
    const args = ["events", since, "--format={{json .Actor.Attributes}}", ...filters.map((it) => `--filter=${it}`)];
    const listener = spawn("docker", args, { stdio: ["ignore", "pipe", "inherit"] });
    const begun = begin();
    const what = `${count} services of ${environment} with the event ${event}`;
    let timer: NodeJS.Timeout | undefined;
    try {
        await new Promise<void>((resolve, reject) => {
            const told = new Set<string | undefined>();
            timer = setTimeout(() => reject(new Error(`not within ${within / 1000} s: ${what}`)), within);
            listener.on("error", reject).on("exit", () => reject(new Error(`the engine stopped telling: ${what}`)));
            createInterface(listener.stdout).on("line", (line) => {
                const attributes = JSON.parse(line) as Readonly<Record<string, string>>;
                const { name = "", [LABEL.role]: role } = attributes;
                if (role === undefined && !besides.includes(name)) told.add(name);
                if (told.size >= count) resolve();
            });
        });
    } finally {
        clearTimeout(timer);
        listener.kill();
    }
    return begun;
}
