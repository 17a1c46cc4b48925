/** Routes of the API. All of them ask for a signature: what a workflow knows belongs to a tenant. */

import { type Decision, DECISIONS, type IncomingEvent } from "./contract";
import { type Answer, type Request, RequestError } from "./http-server";
import { verify } from "./signature";
import { NotRunning, Unavailable, UnknownWorkflow, type Workflows } from "./workflow-port";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface ApiParts {
    readonly workflows: Workflows;
    /** Present key of incoming requests. */
    readonly key: () => string;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

interface Route {
    readonly method: string;
    readonly pattern: RegExp;
    /** How the route is counted. */
    readonly name: string;
    readonly answer: (parts: ApiParts, request: SignedRequest) => Promise<Omit<Answer, "route">>;
}

interface SignedRequest {
    /** The signed id of the message. */
    readonly id: string;
    /** Parts of the path that the pattern holds. */
    readonly words: readonly string[];
    readonly body: Buffer;
}

const ROUTES: readonly Route[] = [
    { method: "POST", pattern: /^\/webhooks\/([a-z0-9-]{1,32})$/, name: "/webhooks/:name", answer: receive },
    { method: "GET", pattern: /^\/workflows\/([^/]+)$/, name: "/workflows/:id", answer: describe },
    {
        method: "POST",
        pattern: /^\/workflows\/([^/]+)\/signal\/([a-z-]+)$/,
        name: "/workflows/:id/signal/:name",
        answer: signal,
    },
];

/**
 * @returns the answer; undefined when there is no such route
 * @throws RequestError when the request is refused
 */
export async function answerApi(parts: ApiParts, request: Request): Promise<Answer | undefined> {
    const { method, path, headers, body } = request;
    for (const { pattern, name, answer, ...route } of ROUTES) {
        const words = route.method === method ? pattern.exec(path) : null;
        if (words === null) continue;
        const verified = verify(parts.key(), headers, body, Math.floor(parts.now() / 1000));
        if ("problem" in verified) throw new RequestError(401, verified.problem);
        const signed = { id: verified.id, words: words.slice(1).map(decoded), body };
        return { ...(await refusing(() => answer(parts, signed))), route: name };
    }
    return undefined;
}

function decoded(word: string): string {
    try {
        return decodeURIComponent(word);
    } catch {
        throw new RequestError(400, "the path is not well encoded");
    }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof UnknownWorkflow) throw new RequestError(404, "no such workflow");
        if (error instanceof NotRunning) throw new RequestError(409, "the workflow has ended");
        if (error instanceof Unavailable) throw new RequestError(503, "Temporal does not answer: try again");
        throw error;
    }
}

/** Starts the event's workflow. The same id again changes nothing, and is answered in the same way with 200. */
async function receive({ workflows }: ApiParts, { id, words, body }: SignedRequest): Promise<Omit<Answer, "route">> {
    const [name = ""] = words;
    const { tenant, data } = contentOf(body);
    const event: IncomingEvent = { id, name, tenant, data };
    const { workflow, isNew } = await workflows.start(event);
    return { status: isNew ? 202 : 200, body: { workflow } };
}

async function describe({ workflows }: ApiParts, { words }: SignedRequest): Promise<Omit<Answer, "route">> {
    const [workflow = ""] = words;
    return { status: 200, body: await workflows.describe(workflow) };
}

async function signal({ workflows }: ApiParts, { words }: SignedRequest): Promise<Omit<Answer, "route">> {
    const [workflow = "", decision = ""] = words;
    if (!(DECISIONS as readonly string[]).includes(decision)) {
        throw new RequestError(404, `unknown signal: one of ${DECISIONS.join(", ")}`);
    }
    await workflows.signal(workflow, decision as Decision);
    return { status: 202, body: { workflow } };
}

/** @throws RequestError when the body is not what a webhook sends */
function contentOf(body: Buffer): Pick<IncomingEvent, "tenant" | "data"> {
    let content: unknown;
    try {
        content = JSON.parse(body.toString("utf8"));
    } catch {
        throw new RequestError(400, "the body is not JSON");
    }
    const { tenant, data } = (content ?? {}) as { readonly tenant?: unknown; readonly data?: unknown };
    if (typeof tenant !== "string" || !UUID.test(tenant)) {
        throw new RequestError(400, "tenant is not a UUID in small letters");
    }
    if (data === undefined) throw new RequestError(400, "data is missing");
    return { tenant, data };
}
