/** What the API asks of Temporal. */

import type { Decision, IncomingEvent, Progress } from "./contract";

/** State of a workflow. */
export interface Description {
    readonly workflow: string;
    /** Temporal's own word: `RUNNING`, `COMPLETED`, `FAILED`, … */
    readonly status: string;
    /** Missing when no worker answers in time. */
    readonly progress?: Progress;
}

export interface Workflows {
    /** Starts the event's workflow, unless it was started before. */
    start(event: IncomingEvent): Promise<{ readonly workflow: string; readonly isNew: boolean }>;
    /** @throws UnknownWorkflow */
    describe(workflow: string): Promise<Description>;
    /** @throws UnknownWorkflow, or NotRunning when it has ended */
    signal(workflow: string, decision: Decision): Promise<void>;
}

export class UnknownWorkflow extends Error {}

export class NotRunning extends Error {}

/** Temporal does not answer: the request may be repeated. */
export class Unavailable extends Error {}
