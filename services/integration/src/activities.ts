/** What the workflow does outside of its sandbox. Each activity may run twice, so twice has the effect of once. */

import { ApplicationFailure, log } from "@temporalio/activity";

import { type EventState, type IncomingEvent, workflowId } from "./contract";
import { signedHeaders } from "./signature";
import type { Postgres } from "./postgres";
import type { Redis } from "./redis";

/** Milliseconds for one delivery. */
const TIMEOUT = 10_000;

export interface ActivityParts {
    readonly postgres: Postgres;
    readonly redis: Redis;
    /** Where decided events are sent, with the present key. Missing: nowhere. */
    readonly outgoing?: { readonly url: string; readonly key: () => string };
}

export type Activities = ReturnType<typeof activitiesOf>;

export function activitiesOf({ postgres, redis, outgoing }: ActivityParts) {
    return {
        /** Writes the event's row. */
        async recordEvent({ tenant, name, id, data }: IncomingEvent): Promise<void> {
            await postgres.inTenant(
                tenant,
                `INSERT INTO integration_events (tenant_id, name, id, data, state) VALUES ($1, $2, $3, $4, 'received')
                 ON CONFLICT DO NOTHING`,
                [tenant, name, id, JSON.stringify(data)],
            );
        },

        async recordState({ tenant, name, id }: IncomingEvent, state: EventState): Promise<void> {
            const changed = await postgres.inTenant(
                tenant,
                `UPDATE integration_events SET state = $4, changed_at = now()
                 WHERE tenant_id = $1 AND name = $2 AND id = $3`,
                [tenant, name, id, state],
            );
            if (changed !== 1) throw new Error(`the event has ${changed} rows`);
        },

        /** Counts the tenant's events of this name. A set of ids counts each of them once. */
        countEvent: ({ tenant, name, id }: IncomingEvent): Promise<number> =>
            redis.countDistinct(`events:${tenant}:${name}`, id),

        /** Sends the outcome. The receiver knows a repeated delivery by its id. */
        async deliver(event: IncomingEvent, state: EventState): Promise<void> {
            if (outgoing === undefined) return;
            const { tenant, name, id } = event;
            const body = JSON.stringify({ tenant, name, id, state });
            const signed = { id: workflowId(event), timestamp: Math.floor(Date.now() / 1000), body };
            const response = await fetch(outgoing.url, {
                method: "POST",
                headers: { "content-type": "application/json", ...signedHeaders(outgoing.key(), signed) },
                body,
                signal: AbortSignal.timeout(TIMEOUT),
                // A redirect could lead a signed body anywhere.
                redirect: "error",
            });
            await response.body?.cancel();
            if (response.ok) return;
            const message = `the receiver answered ${response.status}`;
            log.warn(message, { url: outgoing.url });
            const isFinal = response.status < 500 && ![408, 425, 429].includes(response.status);
            throw isFinal ? ApplicationFailure.nonRetryable(message, "Refused") : new Error(message);
        },
    };
}
