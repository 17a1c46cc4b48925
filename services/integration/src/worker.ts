/** The command `worker`: runs the workflows and their activities. */

import { join } from "node:path";

import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";

import { type TokenSource, tokenSource } from "./access-token";
import { activitiesOf } from "./activities";
import { readWorkerSettings, type WorkerSettings } from "./configuration";
import { HttpServer } from "./http-server";
import { type Level, type Log, reasonOf } from "./log";
import { Metrics } from "./metrics";
import { Postgres } from "./postgres";
import { Redis } from "./redis";
import { secretFile } from "./secret-file";
import { stopped } from "./signals";
import { type TlsFiles, tlsFiles } from "./temporal-tls";

/** Where the SDK's own metrics are, for the command's HTTP server. */
const SDK_METRICS = "127.0.0.1:9464";

/** Milliseconds between two looks at the token and the certificate. */
const LOOK = 5_000;

/** Milliseconds until the next try to connect. */
const RETRY = 2_000;

/** Time for activities under way when the worker stops. */
const GRACE = "8s";

const LEVELS: Readonly<Record<string, Level>> = { TRACE: "debug", DEBUG: "debug", INFO: "info", WARN: "warn" };

export async function runWorker(environment: NodeJS.ProcessEnv, log: Log): Promise<void> {
    const settings = readWorkerSettings(environment);
    const metrics = new Metrics();
    installRuntime(log);
    const server = new HttpServer({
        answer: () => Promise.resolve(undefined),
        metrics,
        furtherMetrics: async () => (await fetch(`http://${SDK_METRICS}/metrics`)).text(),
        log,
    });
    await server.listen(settings.port);
    const postgres = new Postgres(settings.postgresUrlFile, log);
    const redis = new Redis(settings.redisUrlFile, settings.redisPrefix, log);
    const { outgoing } = settings;
    const activities = activitiesOf({
        postgres,
        redis,
        ...(outgoing && { outgoing: { url: outgoing.url, key: secretFile(outgoing.keyFile) } }),
    });
    const tokens = tokenSource(settings.temporal.login, log);
    const polling = new Polling(settings, tokens, activities, metrics, log);
    const end = polling.untilStopped();
    await stopped(log);
    // New tasks go to other workers at once; the rest of the time is for requests of the health check.
    polling.stop();
    await Promise.all([end, server.stop(settings.drain)]);
    tokens.stop();
    await Promise.all([postgres.close(), redis.close()]);
}

function installRuntime(log: Log): void {
    Runtime.install({
        logger: new DefaultLogger("INFO", ({ level, message, meta }) => log(LEVELS[level] ?? "error", message, meta)),
        // SIGTERM is handled here.
        shutdownSignals: [],
        telemetryOptions: { metrics: { prometheus: { bindAddress: SDK_METRICS } } },
    });
}

/** Asks Temporal for tasks: with a new connection when the certificate changes, and again after every failure. */
class Polling {
    private isStopping = false;
    private worker: Worker | undefined;
    private readonly tls: () => TlsFiles | undefined;

    constructor(
        private readonly settings: WorkerSettings,
        private readonly tokens: TokenSource,
        private readonly activities: object,
        private readonly metrics: Metrics,
        private readonly log: Log,
    ) {
        this.tls = tlsFiles(settings.temporal.tls);
    }

    async untilStopped(): Promise<void> {
        await this.tokens.ready;
        while (!this.isStopping) {
            try {
                await this.poll();
            } catch (error) {
                this.log("warn", "not connected to Temporal", { reason: reasonOf(error) });
            }
            this.show(false);
            if (!this.isStopping) await new Promise((resolve) => setTimeout(resolve, RETRY));
        }
    }

    stop(): void {
        this.isStopping = true;
        if (this.worker?.getState() === "RUNNING") this.worker.shutdown();
    }

    /** Works until the worker ends. */
    private async poll(): Promise<void> {
        const { address, namespace, taskQueue } = this.settings.temporal;
        const tls = this.tls();
        let token = this.tokens.current();
        const connection = await NativeConnection.connect({ address, tls: tls ?? false, metadata: metadataOf(token) });
        try {
            const worker = await Worker.create({
                connection,
                namespace,
                taskQueue,
                workflowBundle: { codePath: join(__dirname, "workflows.js") },
                activities: this.activities,
                shutdownGraceTime: GRACE,
            });
            this.worker = worker;
            const look = setInterval(() => {
                const next = this.tokens.current();
                if (next !== token) void connection.setMetadata(metadataOf(next));
                token = next;
                if (this.tls() !== tls && worker.getState() === "RUNNING") worker.shutdown();
            }, LOOK);
            try {
                const run = worker.run();
                this.show(true);
                // It was stopped while it connected.
                if (this.isStopping) worker.shutdown();
                await run;
            } finally {
                clearInterval(look);
                this.worker = undefined;
            }
        } finally {
            await connection.close();
        }
    }

    private show(isRunning: boolean): void {
        this.metrics.set(
            "integration_worker_running",
            "Whether the worker asks Temporal for tasks.",
            Number(isRunning),
        );
    }
}

function metadataOf(token: string | undefined): Record<string, string> {
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
