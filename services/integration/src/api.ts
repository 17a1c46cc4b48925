/** The command `api`: takes webhooks and starts workflows. */

import { tokenSource } from "./access-token";
import { answerApi } from "./api-routes";
import { readApiSettings } from "./configuration";
import { HttpServer } from "./http-server";
import type { Log } from "./log";
import { Metrics } from "./metrics";
import { secretFile } from "./secret-file";
import { stopped } from "./signals";
import { TemporalWorkflows } from "./temporal-workflows";

export async function runApi(environment: NodeJS.ProcessEnv, log: Log): Promise<void> {
    const settings = readApiSettings(environment);
    const tokens = tokenSource(settings.temporal.login, log);
    const workflows = new TemporalWorkflows(settings, tokens);
    const parts = { workflows, key: secretFile(settings.webhookKeyFile), now: () => Date.now() };
    const server = new HttpServer({
        answer: (request) => answerApi(parts, request),
        metrics: new Metrics(),
        log,
    });
    log("info", "listening", { port: await server.listen(settings.port) });
    await stopped(log);
    await server.stop(settings.drain);
    tokens.stop();
    await workflows.close();
}
