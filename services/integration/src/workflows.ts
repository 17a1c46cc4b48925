/**
 * The workflow of an event. Temporal runs this file in its sandbox and replays it after a crash, so it must not read clocks, files or
 * networks: activities do that. https://docs.temporal.io/develop/typescript/core-application#workflow-logic-requirements
 */

import { condition, defineQuery, defineSignal, proxyActivities, setHandler, sleep } from "@temporalio/workflow";

import type * as activities from "./activities";
import {
    type Decision,
    DECISIONS,
    type EventState,
    type IncomingEvent,
    PROGRESS,
    type Progress,
    type Waits,
} from "./contract";

/** Stores come back: their activities are tried until they succeed. */
const { recordEvent, recordState, countEvent } = proxyActivities<activities.Activities>({
    startToCloseTimeout: "15s",
    retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "30s" },
});

/** A receiver of webhooks may be gone for good: about a day of tries. */
const { deliver } = proxyActivities<activities.Activities>({
    startToCloseTimeout: "30s",
    scheduleToCloseTimeout: "1 day",
    retry: {
        initialInterval: "1s",
        backoffCoefficient: 2,
        maximumInterval: "10m",
        nonRetryableErrorTypes: ["Refused"],
    },
});

/** Temporal finds it by its name, `EVENT_WORKFLOW` of the contract. */
export async function handleEvent(event: IncomingEvent, waits: Waits): Promise<Progress> {
    let progress: Progress = { state: "received" };
    let decision: Decision | undefined;
    const become = (state: EventState): void => {
        progress = { ...progress, state };
    };
    setHandler(defineQuery<Progress>(PROGRESS), () => progress);
    for (const name of DECISIONS) {
        // The first decision counts.
        setHandler(defineSignal(name), () => {
            decision ??= name;
        });
    }

    await recordEvent(event);
    progress = { ...progress, count: await countEvent(event) };
    await sleep(waits.delay);

    become("waiting");
    await condition(() => decision !== undefined, waits.decision);
    const outcome = outcomeOf(decision);

    become("delivering");
    const isDelivered = await deliver(event, outcome).then(
        () => true,
        () => false,
    );
    become(isDelivered ? outcome : "undelivered");
    await recordState(event, progress.state);
    return progress;
}

function outcomeOf(decision: Decision | undefined): "approved" | "rejected" | "expired" {
    if (decision === undefined) return "expired";
    return decision === "approve" ? "approved" : "rejected";
}
