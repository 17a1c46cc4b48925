/** Defaults of services of every kind. */

import { kindOf } from "../components/kinds";
import type { HealthCheck, Service } from "./platform";
import type { StackConfig } from "./stack-config";

/** Requests per second and client address, for a route that names no limit. */
export const RATE_LIMIT = 100;

/** Seconds between two health checks (requirement A4). */
export const HEALTH_INTERVAL = 30;

/**
 * The health check of a service.
 *
 * Requirement A4 asks for 30 s / 10 s / 3 retries and for faster checks while a service starts. The engine's own means
 * for the latter (`start_interval`) needs API 1.44; on an older engine a container is `starting` for one whole interval, and
 * everything that waits for it waits as long. So the interval is a value of the stack (`strata:healthCheckInterval`): 30
 * where services run for months, 5 in `local`, where starting is most of what they do.
 */
export function healthCheckOf(
    service: Pick<Service, "kind" | "image" | "ports"> & { readonly spec: object },
    stack: StackConfig,
): HealthCheck {
    const { test, startPeriod } = kindOf(service).probe(service, stack);
    return { test, interval: stack.healthCheckInterval, timeout: 10, retries: 3, startPeriod };
}
