/** Services that end: jobs, and the services that run only while a job does. */

import { hasRole } from "../components/kinds";
import { RUNS, type Runs } from "./names";
import type { Service } from "./platform";

type Running = Pick<Service, "name" | "kind" | "sidecarOf">;

/**
 * How long a service runs.
 *
 * @param services - of the platform
 * @returns undefined for a service that runs for as long as it is declared
 */
export function runsOf(service: Running, services: readonly Running[]): Runs | undefined {
    if (hasRole(service, "job")) return RUNS.once;
    const served = services.find(({ name }) => name === service.sidecarOf);
    return served !== undefined && hasRole(served, "job") ? RUNS.withJob : undefined;
}
