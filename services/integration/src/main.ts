/** Entry point: `api`, `worker`, `migrate`, or `healthcheck` of the first two. */

import { log, reasonOf } from "./log";

/** Commands. Each is loaded when it is asked for: the API needs none of the worker's packages. */
const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
    api: async () => (await import("./api.js")).runApi(process.env, log),
    worker: async () => (await import("./worker.js")).runWorker(process.env, log),
    migrate: async () => (await import("./migrate.js")).migrate(process.env, log),
    healthcheck,
};

async function healthcheck(): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${process.env["PORT"] ?? "8009"}/health`);
    if (!response.ok) throw new Error(`/health answers ${response.status}`);
}

async function main(): Promise<number> {
    const [name = ""] = process.argv.slice(2);
    const command = COMMANDS[name];
    if (command === undefined) {
        log("error", "unknown command", { command: name, accepted: Object.keys(COMMANDS) });
        return 2;
    }
    try {
        await command();
        return 0;
    } catch (error) {
        log("error", `${name} failed`, { reason: reasonOf(error) });
        return 1;
    }
}

void main().then((code) => process.exit(code));
