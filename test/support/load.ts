/** A load of visitors on the edge, over HTTP/1.1 and HTTP/2. Each visitor sends one request after the other, and checks every answer. */

import { connect } from "node:http2";
import { Agent, request } from "node:https";
import { setTimeout as pause } from "node:timers/promises";

/** Target and size of a load. */
export interface LoadOptions {
    /** Host name, for the header, SNI and the check of the certificate. */
    readonly host: string;
    /** Port of the edge on 127.0.0.1. */
    readonly port: number;
    /** PEM certificate of the only trusted authority. */
    readonly authority: string;
    /** Requests under way at one time, for each protocol. */
    readonly visitors: number;
    /** Milliseconds between a visitor's answer and the next request. */
    readonly rest: number;
}

export const PROTOCOLS = ["HTTP/1.1", "HTTP/2"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Results of the requests so far. */
export interface LoadResult {
    /** Answered requests by protocol and method, for example `HTTP/2 POST`. */
    readonly answered: Readonly<Record<string, number>>;
    /** One line for each request that failed. */
    readonly failures: readonly string[];
}

/** A load under way. */
export interface Load {
    readonly soFar: LoadResult;
    /** Stops the visitors, and lets requests under way end. */
    stop(): Promise<LoadResult>;
}

interface Call {
    readonly method: "GET" | "POST";
    readonly headers: Readonly<Record<string, string>>;
    /** Parts of the body, sent with a pause of {@link SLOW} between them. */
    readonly body: readonly string[];
}

interface Answer {
    readonly status: number;
    readonly body: string;
}

type Send = (call: Call) => Promise<Answer>;

/** Milliseconds that a slow visitor takes in the middle of a request. */
const SLOW = 1500;

/** One of this many requests of a visitor is slow. */
const SLOW_EACH = 40;

/** Longest wait for an answer, in milliseconds. */
const PATIENCE = 20_000;

/** Starts visitors, which go on until the load is stopped. */
export function startLoad(options: LoadOptions): Load {
    const answered: Record<string, number> = {};
    const failures: string[] = [];
    let isOver = false;
    const clients: Readonly<Record<Protocol, Client>> = {
        "HTTP/1.1": overHttp1(options),
        "HTTP/2": overHttp2(options),
    };

    const visit = async (protocol: Protocol, visitor: number): Promise<void> => {
        for (let turn = visitor; !isOver; turn++) {
            const call = callOf(visitor, turn);
            const kind = `${protocol} ${call.method}`;
            const began = Date.now();
            try {
                const { status, body } = await clients[protocol].send(call);
                const expected = call.method === "POST" ? body === call.body.join("") : body.includes('"service"');
                if (status === 200 && expected) answered[kind] = (answered[kind] ?? 0) + 1;
                else failures.push(`${kind}: ${status} after ${Date.now() - began} ms: ${body.slice(0, 100)}`);
            } catch (error) {
                failures.push(`${kind}: ${String(error)} after ${Date.now() - began} ms`);
            }
            await pause(options.rest);
        }
    };
    const visits = PROTOCOLS.flatMap((protocol) =>
        Array.from({ length: options.visitors }, (_, visitor) => visit(protocol, visitor)),
    );
    const soFar: LoadResult = { answered, failures };
    return {
        soFar,
        stop: async () => {
            isOver = true;
            await Promise.all(visits);
            PROTOCOLS.forEach((protocol) => clients[protocol].close());
            return soFar;
        },
    };
}

/** The next request of a visitor. Every second one is a POST. The visitor's address changes, because the edge limits each address. */
function callOf(visitor: number, turn: number): Call {
    const headers = { "X-Forwarded-For": `198.18.${turn % 256}.${visitor + 1}` };
    if (turn % 2 === 0) return { method: "GET", headers, body: [] };
    const text = `${visitor}-${turn}-`.repeat(20);
    const body = turn % SLOW_EACH === 1 ? [text, text] : [text];
    return { method: "POST", headers: { ...headers, "Content-Type": "application/octet-stream" }, body };
}

interface Client {
    readonly send: Send;
    readonly close: () => void;
}

function overHttp1({ host, port, authority, visitors }: LoadOptions): Client {
    const agent = new Agent({ keepAlive: true, maxSockets: visitors, servername: host, ca: authority });
    const send: Send = ({ method, headers, body }) =>
        new Promise((resolve, reject) => {
            const path = method === "POST" ? "/echo" : "/";
            const client = request({
                host: "127.0.0.1",
                port,
                path,
                method,
                agent,
                headers: { ...headers, Host: host },
            });
            client.setTimeout(PATIENCE, () => client.destroy(new Error("no answer")));
            client.on("error", reject);
            client.on("response", (response) => {
                let text = "";
                response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
                response.on("error", reject);
                response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
            });
            void write(client, body);
        });
    return { send, close: () => agent.destroy() };
}

function overHttp2({ host, port, authority }: LoadOptions): Client {
    const session = connect(`https://${host}:${port}`, { ca: authority, servername: host, lookup: toLoopback });
    // Each request under way gets the error as well.
    session.on("error", () => undefined);
    const send: Send = ({ method, headers, body }) =>
        new Promise((resolve, reject) => {
            const path = method === "POST" ? "/echo" : "/";
            const stream = session.request({ ...headers, ":method": method, ":path": path }, { endStream: false });
            let status = 0;
            let text = "";
            stream.setTimeout(PATIENCE, () => stream.destroy(new Error("no answer")));
            stream.on("error", reject);
            stream.on("response", (answer) => (status = answer[":status"] ?? 0));
            stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            stream.on("close", () => resolve({ status, body: text }));
            void write(stream, body);
        });
    return { send, close: () => session.close() };
}

/** Resolves every name to the loopback address: no name server knows the hosts of a test. */
const toLoopback = (
    _host: string,
    _options: object,
    found: (error: null, addresses: { address: string; family: number }[]) => void,
): void => found(null, [{ address: "127.0.0.1", family: 4 }]);

async function write(stream: NodeJS.WritableStream, parts: readonly string[]): Promise<void> {
    for (const [index, part] of parts.entries()) {
        if (index > 0) await pause(SLOW);
        stream.write(part);
    }
    stream.end();
}
