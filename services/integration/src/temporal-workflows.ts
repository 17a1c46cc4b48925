/** The API's side of Temporal. */

import {
    Client,
    Connection,
    isGrpcServiceError,
    ServiceError,
    WorkflowExecutionAlreadyStartedError,
    type WorkflowHandle,
    WorkflowNotFoundError,
} from "@temporalio/client";

import type { TokenSource } from "./access-token";
import type { ApiSettings } from "./configuration";
import { type Decision, EVENT_WORKFLOW, type IncomingEvent, PROGRESS, type Progress, workflowId } from "./contract";
import { type TlsFiles, tlsFiles } from "./temporal-tls";
import { type Description, NotRunning, Unavailable, UnknownWorkflow, type Workflows } from "./workflow-port";
import type * as workflows from "./workflows";

/** The compiler checks that a workflow of this name exists. */
const WORKFLOW: keyof typeof workflows = EVENT_WORKFLOW;

/** Milliseconds for a request. */
const TIMEOUT = 5_000;

/** Milliseconds for a query, which a worker answers. */
const QUERY_TIMEOUT = 2_000;

/** gRPC statuses that say nothing about the request: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const TRANSIENT: readonly number[] = [4, 8, 14];

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

export class TemporalWorkflows implements Workflows {
    private readonly tls: () => TlsFiles | undefined;
    private connected: { readonly tls: TlsFiles | undefined; readonly connection: Connection } | undefined;

    constructor(
        private readonly settings: ApiSettings,
        private readonly tokens: TokenSource,
    ) {
        this.tls = tlsFiles(settings.temporal.tls);
    }

    start(event: IncomingEvent): Promise<{ readonly workflow: string; readonly isNew: boolean }> {
        const workflow = workflowId(event);
        const { delay, decision } = this.settings.waits;
        return this.asked(TIMEOUT, async (client) => {
            try {
                await client.workflow.start<typeof workflows.handleEvent>(WORKFLOW, {
                    workflowId: workflow,
                    taskQueue: this.settings.temporal.taskQueue,
                    args: [event, { delay: delay * 1000, decision: decision * 1000 }],
                    workflowIdReusePolicy: "REJECT_DUPLICATE",
                });
                return { workflow, isNew: true };
            } catch (error) {
                if (error instanceof WorkflowExecutionAlreadyStartedError) return { workflow, isNew: false };
                throw error;
            }
        });
    }

    async describe(workflow: string): Promise<Description> {
        const description = await this.asked(TIMEOUT, (client) => client.workflow.getHandle(workflow).describe());
        const progress = await this.progressOf(workflow);
        return { workflow, status: description.status.name, ...(progress && { progress }) };
    }

    async signal(workflow: string, decision: Decision): Promise<void> {
        const handle = (client: Client): WorkflowHandle => client.workflow.getHandle(workflow);
        try {
            await this.asked(TIMEOUT, (client) => handle(client).signal(decision));
        } catch (error) {
            if (!(error instanceof UnknownWorkflow)) throw error;
            // Temporal says the same of a workflow that has ended.
            await this.asked(TIMEOUT, (client) => handle(client).describe());
            throw new NotRunning();
        }
    }

    async close(): Promise<void> {
        await this.connected?.connection.close();
    }

    /** What the workflow says; undefined when no worker answers in time. */
    private progressOf(workflow: string): Promise<Progress | undefined> {
        return this.asked(QUERY_TIMEOUT, (client) =>
            client.workflow.getHandle(workflow).query<Progress>(PROGRESS),
        ).catch(() => undefined);
    }

    /** @throws UnknownWorkflow or Unavailable for what Temporal says in these cases */
    private async asked<T>(timeout: number, ask: (client: Client) => Promise<T>): Promise<T> {
        const connection = this.present();
        const client = new Client({ connection, namespace: this.settings.temporal.namespace });
        try {
            return await connection.withDeadline(Date.now() + timeout, () => ask(client));
        } catch (error) {
            const status = statusOf(error);
            if (error instanceof WorkflowNotFoundError || status === NOT_FOUND) throw new UnknownWorkflow();
            if (status !== undefined && TRANSIENT.includes(status)) throw new Unavailable();
            throw error;
        }
    }

    /** A connection with the present certificate. It connects when it is first used, and again when it is lost. */
    private present(): Connection {
        const tls = this.tls();
        if (this.connected === undefined || this.connected.tls !== tls) {
            void this.connected?.connection.close();
            const connection = Connection.lazy({
                address: this.settings.temporal.address,
                // With a token, the SDK would take TLS for granted.
                tls: tls ?? false,
                ...(this.settings.temporal.login.kind !== "none" && { apiKey: () => this.tokens.current() ?? "" }),
                connectTimeout: TIMEOUT,
            });
            this.connected = { tls, connection };
        }
        return this.connected.connection;
    }
}

function statusOf(error: unknown): number | undefined {
    const cause = error instanceof ServiceError ? error.cause : error;
    return isGrpcServiceError(cause) ? cause.code : undefined;
}
