/** What the API and the worker agree on. The workflow's sandbox loads this file, so it imports nothing. */

/** Name of the workflow that an incoming webhook starts. */
export const EVENT_WORKFLOW = "handleEvent";

/** Signals that the workflow waits for: what a person or another service decided about the event. */
export const DECISIONS = ["approve", "reject"] as const;

export type Decision = (typeof DECISIONS)[number];

/** Query that returns the workflow's {@link Progress}. */
export const PROGRESS = "progress";

/** An event that came in by webhook. */
export interface IncomingEvent {
    /** Id of the webhook's message, chosen by the sender. The same id is the same event, however often it is sent. */
    readonly id: string;
    /** Name in the webhook's path: `orders` of `/webhooks/orders`. */
    readonly name: string;
    /** UUID of the tenant to which the event belongs. */
    readonly tenant: string;
    /** The sender's own data. */
    readonly data: unknown;
}

/** Times for which the workflow waits, in milliseconds. The API reads them from its configuration and passes them on. */
export interface Waits {
    /** Pause between recording the event and asking for a decision. */
    readonly delay: number;
    /** Time for a decision. Without one, the event expires. */
    readonly decision: number;
}

/** State of an event. */
export type EventState = "received" | "waiting" | "delivering" | "approved" | "rejected" | "expired" | "undelivered";

/** Answer to the query {@link PROGRESS}, and the workflow's result. */
export interface Progress {
    readonly state: EventState;
    /** How many events of this name the tenant has had. Missing until it is counted. */
    readonly count?: number;
}

/** Id of an event's workflow. Senders choose ids for each tenant apart, so the tenant is a part. */
export function workflowId({ tenant, name, id }: Omit<IncomingEvent, "data">): string {
    return `${tenant}:${name}:${id}`;
}
