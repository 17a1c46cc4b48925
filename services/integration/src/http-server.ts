/** An HTTP server that stops without losing a request. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { type Log, reasonOf } from "./log";
import type { Metrics } from "./metrics";

/** Largest accepted body in bytes. */
const LARGEST_BODY = 256 * 1024;

/** Milliseconds: longer than the edge keeps idle connections, so that no request meets a closing one. */
const KEEP_ALIVE = 120_000;

export interface Request {
    readonly method: string;
    readonly path: string;
    /** By name in small letters. */
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: Buffer;
}

export interface Answer {
    readonly status: number;
    /** Sent as JSON; a text is sent as it is. */
    readonly body: unknown;
    /** The route's pattern, by which requests are counted. */
    readonly route: string;
}

/** An error with a status, for a client that has to hear what is wrong. */
export class RequestError extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
        this.name = "RequestError";
    }
}

export interface Endpoints {
    readonly answer: (request: Request) => Promise<Answer | undefined>;
    readonly metrics: Metrics;
    /** Metrics of others, appended to {@link metrics}. @default none */
    readonly furtherMetrics?: () => Promise<string>;
    readonly log: Log;
}

/** Serves `/health`, `/metrics` and the endpoints of a command. */
export class HttpServer {
    private readonly server: Server;
    private isStopping = false;

    constructor(private readonly endpoints: Endpoints) {
        this.server = createServer((request, response) => void this.handle(request, response));
        this.server.keepAliveTimeout = KEEP_ALIVE;
        // Node asks for more than the keep-alive time.
        this.server.headersTimeout = KEEP_ALIVE + 5_000;
    }

    /** @returns the port, which the system chooses for port 0 */
    listen(port: number): Promise<number> {
        return new Promise((resolve, reject) => {
            this.server.once("error", reject);
            this.server.listen(port, () => {
                const address = this.server.address();
                resolve(typeof address === "object" && address !== null ? address.port : port);
            });
        });
    }

    /**
     * Answers `/health` with 503 from now on and everything else as before, for as long as the edge needs to notice. Then finishes the
     * requests under way and closes.
     *
     * @param drain - seconds
     */
    async stop(drain: number): Promise<void> {
        this.isStopping = true;
        await new Promise((resolve) => setTimeout(resolve, drain * 1000));
        await new Promise<void>((resolve) => {
            this.server.close(() => resolve());
            this.server.closeIdleConnections();
        });
    }

    private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const { metrics, log } = this.endpoints;
        let answer: Answer;
        try {
            answer = await this.answerTo(await read(incoming));
        } catch (error) {
            const status = error instanceof RequestError ? error.status : 500;
            if (status === 500) log("error", "request failed", { path: pathOf(incoming), error });
            // What went wrong inside is in the log, not in the answer.
            const message = error instanceof RequestError ? error.message : "internal error";
            answer = { status, body: { error: message }, route: "error" };
        }
        metrics.count("integration_http_requests_total", "Answered HTTP requests.", {
            route: answer.route,
            status: String(answer.status),
        });
        const isText = typeof answer.body === "string";
        response
            .writeHead(answer.status, {
                "content-type": isText ? "text/plain; version=0.0.4" : "application/json",
                ...(this.isStopping && { connection: "close" }),
            })
            .end(isText ? answer.body : JSON.stringify(answer.body));
    }

    private async answerTo(request: Request): Promise<Answer> {
        if (request.path === "/health") {
            const status = this.isStopping ? 503 : 200;
            return { status, body: { status: this.isStopping ? "stopping" : "ok" }, route: "/health" };
        }
        if (request.path === "/metrics") {
            return { status: 200, body: await this.metricsText(), route: "/metrics" };
        }
        const answer = await this.endpoints.answer(request);
        if (answer === undefined) throw new RequestError(404, `${request.method} ${request.path} does not exist`);
        return answer;
    }

    private async metricsText(): Promise<string> {
        const { metrics, furtherMetrics, log } = this.endpoints;
        const own = metrics.text();
        try {
            return own + ((await furtherMetrics?.()) ?? "");
        } catch (error) {
            log("warn", "further metrics cannot be read", { reason: reasonOf(error) });
            return own;
        }
    }
}

function pathOf({ url = "/" }: IncomingMessage): string {
    return url.split("?")[0] ?? "/";
}

/** @throws RequestError when the body is too large */
async function read(incoming: IncomingMessage): Promise<Request> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of incoming as AsyncIterable<Buffer>) {
        length += part.length;
        // Reads on without keeping: a client that still sends would not see the answer.
        if (length <= LARGEST_BODY) parts.push(part);
    }
    if (length > LARGEST_BODY) throw new RequestError(413, `the body is larger than ${LARGEST_BODY} bytes`);
    const { method = "GET", headers } = incoming;
    return { method, path: pathOf(incoming), headers, body: Buffer.concat(parts) };
}
