/** Each service of an environment: its container, against what the state says of it. */

import { LABEL, RUNS } from "../../model/names";
import { instanceOf, type RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";
import { condition, isWell } from "../engine/evidence";
import { npmRun } from "../failure";
import type { KnownObject } from "../pulumi/state-objects";

/** One instance of a service. */
export interface ServiceStatus {
    /** Name of the instance: the service's, with a number behind it after the first. */
    readonly service: string;
    /** As in `docker ps`: `healthy`, `unhealthy`, `exited (1)`; `missing` when the engine has no such container. */
    readonly health: string;
    /** Milliseconds since it was started; 0 when it does not run. */
    readonly uptime: number;
    readonly restarts: number;
    /** Networks it is attached to, without the environment's prefix. */
    readonly zones: readonly string[];
    /** What is wrong; empty when all is well. */
    readonly problems: readonly string[];
    /** What a job that did not end with 0 wrote last. */
    readonly lastLines?: readonly string[];
    /** Commands that put its networks right. Missing when the networks are right. */
    readonly reattach?: string;
}

/** Health of a service without a container. */
export const MISSING = "missing";

/** Lines of a job that are shown. */
const LINES = 15;

/** Adds what jobs wrote that did not end well. */
export async function withLastLines(
    engine: Pick<Engine, "lastLines">,
    services: readonly ServiceStatus[],
    running: readonly RunningContainer[],
): Promise<ServiceStatus[]> {
    return Promise.all(
        services.map(async (status) => {
            const job = running.find((it) => it.runs === RUNS.once && instanceOf(it) === status.service);
            return job === undefined || isWell(job)
                ? status
                : { ...status, lastLines: await engine.lastLines(job.id, LINES) };
        }),
    );
}

/** Compares services of the state with the engine's containers. Pure. */
export function describeServices(
    known: readonly KnownObject[],
    running: readonly RunningContainer[],
    environment: string,
    now: number,
): ServiceStatus[] {
    const prefix = `${environment}-`;
    return known
        .filter(({ labels }) => labels[LABEL.role] === undefined)
        .map((object) => {
            const service = instanceOf(object);
            const found = running.find(({ id }) => id === object.id);
            if (!found)
                return {
                    service,
                    health: MISSING,
                    uptime: 0,
                    restarts: 0,
                    zones: [],
                    problems: ["its container is gone"],
                };
            const zones = found.networks.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
            const declared = (object.labels[LABEL.zone] ?? "").split(",").filter(Boolean).sort();
            const problems = isWell(found) ? [] : [`it is ${condition(found)}`];
            if (zones.join() !== declared.join()) {
                problems.push(
                    `it is attached to ${zones.join(" ") || "nothing"}, declared: ${declared.join(" ") || "nothing"}`,
                );
            }
            const up = found.state === "running" ? now - found.startedAt : 0;
            const reattach = reattachment(found, declared, environment);
            return {
                ...{ service, health: condition(found), uptime: up, restarts: found.restarts, zones, problems },
                ...(reattach !== undefined && { reattach }),
            };
        })
        .sort((a, b) => a.service.localeCompare(b.service));
}

/**
 * Commands that put a container's networks right. `docker network disconnect` takes it out of a foreign network. A missing
 * network needs a new container: `docker network connect` would not give it the names that `up` gives it there.
 *
 * @param declared - its zones
 * @returns undefined when it is where it should be
 */
function reattachment(
    { name, networks }: Pick<RunningContainer, "name" | "networks">,
    declared: readonly string[],
    environment: string,
): string | undefined {
    const zones = declared.map((zone) => `${environment}-${zone}`);
    if (zones.some((zone) => !networks.includes(zone))) {
        return `docker rm -f ${name}, then ${npmRun("up", environment)} makes it again`;
    }
    const foreign = networks.filter((network) => !zones.includes(network));
    return foreign.length === 0
        ? undefined
        : foreign.map((network) => `docker network disconnect ${network} ${name}`).join("; ");
}
