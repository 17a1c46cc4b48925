/** Routes of the integration service's API, over Node's real HTTP server. */

import { answerApi } from "../../../../services/integration/src/api-routes";
import type { Decision, IncomingEvent } from "../../../../services/integration/src/contract";
import { HttpServer } from "../../../../services/integration/src/http-server";
import { Metrics } from "../../../../services/integration/src/metrics";
import { signedHeaders } from "../../../../services/integration/src/signature";
import {
    NotRunning,
    Unavailable,
    UnknownWorkflow,
    type Workflows,
} from "../../../../services/integration/src/workflow-port";

const KEY = "a key";
const TENANT = "7f1c0000-0000-4000-8000-000000000001";

/** Workflows in memory: Temporal itself is in the integration tests. */
class Remembered implements Workflows {
    readonly events = new Map<string, IncomingEvent>();
    readonly signals: [string, Decision][] = [];
    failure: Error | undefined;

    start(event: IncomingEvent): Promise<{ workflow: string; isNew: boolean }> {
        if (this.failure) return Promise.reject(this.failure);
        const workflow = `${event.tenant}:${event.name}:${event.id}`;
        const isNew = !this.events.has(workflow);
        if (isNew) this.events.set(workflow, event);
        return Promise.resolve({ workflow, isNew });
    }

    describe(workflow: string): Promise<{ workflow: string; status: string }> {
        if (!this.events.has(workflow)) return Promise.reject(new UnknownWorkflow());
        return Promise.resolve({ workflow, status: "RUNNING" });
    }

    signal(workflow: string, decision: Decision): Promise<void> {
        if (this.failure) return Promise.reject(this.failure);
        if (!this.events.has(workflow)) return Promise.reject(new UnknownWorkflow());
        this.signals.push([workflow, decision]);
        return Promise.resolve();
    }
}

let workflows: Remembered;
let server: HttpServer;
let metrics: Metrics;
let logged: string[];
let port: number;

beforeEach(async () => {
    workflows = new Remembered();
    metrics = new Metrics();
    logged = [];
    const parts = { workflows, key: () => KEY, now: Date.now };
    server = new HttpServer({
        answer: (request) => answerApi(parts, request),
        metrics,
        log: (_, message) => logged.push(message),
    });
    port = await server.listen(0);
});

afterEach(() => server.stop(0));

interface Sent {
    readonly body?: string;
    readonly id?: string;
    readonly key?: string;
}

async function send(method: string, path: string, { body = "", id = "msg_1", key = KEY }: Sent = {}) {
    const headers = signedHeaders(key, { id, timestamp: Math.floor(Date.now() / 1000), body });
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        ...(method === "GET" ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? (JSON.parse(text) as unknown) : text };
}

const event = JSON.stringify({ tenant: TENANT, data: { total: 3 } });

test("a webhook starts the workflow of its event, once", async () => {
    const workflow = `${TENANT}:orders:msg_1`;
    expect(await send("POST", "/webhooks/orders", { body: event })).toEqual({ status: 202, body: { workflow } });
    expect(await send("POST", "/webhooks/orders", { body: event })).toEqual({ status: 200, body: { workflow } });
    expect([...workflows.events.values()]).toEqual([
        { id: "msg_1", name: "orders", tenant: TENANT, data: { total: 3 } },
    ]);
});

test("state and signals of a workflow", async () => {
    await send("POST", "/webhooks/orders", { body: event });
    const path = `/workflows/${encodeURIComponent(`${TENANT}:orders:msg_1`)}`;
    expect(await send("GET", path)).toMatchObject({ status: 200, body: { status: "RUNNING" } });
    expect(await send("POST", `${path}/signal/approve`)).toMatchObject({ status: 202 });
    expect(workflows.signals).toEqual([[`${TENANT}:orders:msg_1`, "approve"]]);
});

test.each<[string, string, Sent, number, string]>([
    ["POST", "/webhooks/orders", { body: event, key: "b key" }, 401, "webhook-signature does not fit"],
    ["GET", "/workflows/any", { key: "b key" }, 401, "webhook-signature does not fit"],
    ["POST", "/workflows/any/signal/approve", { key: "b key" }, 401, "webhook-signature does not fit"],
    ["POST", "/webhooks/orders", { body: "not JSON" }, 400, "the body is not JSON"],
    ["POST", "/webhooks/orders", { body: "null" }, 400, "tenant is not a UUID in small letters"],
    ["POST", "/webhooks/orders", { body: '{"tenant":"a","data":1}' }, 400, "tenant is not a UUID in small letters"],
    ["POST", "/webhooks/orders", { body: `{"tenant":"${TENANT}"}` }, 400, "data is missing"],
    ["POST", "/webhooks/orders", { body: "x".repeat(300 * 1024) }, 413, "the body is larger than 262144 bytes"],
    ["POST", "/webhooks/Or%20ders", { body: event }, 404, "POST /webhooks/Or%20ders does not exist"],
    ["GET", "/webhooks/orders", {}, 404, "GET /webhooks/orders does not exist"],
    ["GET", "/workflows/any", {}, 404, "no such workflow"],
    ["GET", "/workflows/%ff", {}, 400, "the path is not well encoded"],
    ["POST", "/workflows/any/signal/approve", {}, 404, "no such workflow"],
    ["POST", "/workflows/any/signal/terminate", {}, 404, "unknown signal: one of approve, reject"],
])("%s %s is refused (%#)", async (method, path, sent, status, error) => {
    expect(await send(method, path, sent)).toEqual({ status, body: { error } });
    expect(workflows.events.size).toBe(0);
});

test.each([
    [new NotRunning(), 409, "the workflow has ended"],
    [new Unavailable(), 503, "Temporal does not answer: try again"],
    [new Error("postgres://user:password@host"), 500, "internal error"],
])("%p of Temporal is answered with %d", async (failure, status, error) => {
    workflows.failure = failure;
    expect(await send("POST", "/workflows/any/signal/approve")).toEqual({ status, body: { error } });
    expect(logged).toEqual(status === 500 ? ["request failed"] : []);
});

test("requests are counted by route, not by path", async () => {
    await send("POST", "/webhooks/orders", { body: event });
    await send("POST", "/webhooks/payments", { body: event });
    await send("GET", "/workflows/any");
    const { body } = await send("GET", "/metrics");
    expect(body).toContain('integration_http_requests_total{route="/webhooks/:name",status="202"} 2\n');
    expect(body).toContain('integration_http_requests_total{route="error",status="404"} 1\n');
});

test("while it stops, the service takes requests and says that it should get no more", async () => {
    expect(await send("GET", "/health")).toEqual({ status: 200, body: { status: "ok" } });
    const stopped = server.stop(1);
    expect(await send("GET", "/health")).toEqual({ status: 503, body: { status: "stopping" } });
    expect(await send("POST", "/webhooks/orders", { body: event })).toMatchObject({ status: 202 });
    await stopped;
    await expect(send("GET", "/health")).rejects.toThrow("fetch failed");
});

test("metrics of others that cannot be read leave the service's own", async () => {
    const other = new HttpServer({
        answer: () => Promise.resolve(undefined),
        metrics,
        furtherMetrics: () => Promise.reject(new Error("away")),
        log: (_, message) => logged.push(message),
    });
    metrics.set("integration_worker_running", "Whether it runs.", 1);
    const response = await fetch(`http://127.0.0.1:${await other.listen(0)}/metrics`);
    expect(await response.text()).toContain("integration_worker_running 1\n");
    expect(logged).toEqual(["further metrics cannot be read"]);
    await other.stop(0);
});
