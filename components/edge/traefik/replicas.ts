/**
 * Traefik's part of replicas: which replicas get requests.
 *
 * The edge asks each replica whether it takes requests. A replica that answers no, or does not answer, gets none. A replica
 * that stops says so itself, and keeps serving until the edge has noticed (`Instances.drain`): so no request is under way
 * when the replica ends.
 */

import type { Service } from "../../../model/platform";

/**
 * Time between two health checks, and longest wait for an answer. Twice this time is less than the shortest drain of a
 * replica.
 */
const QUESTION = "1s";

/**
 * Sends a request to another replica when no byte of it has reached the first one, whatever its method. A request that has reached a
 * replica is not repeated: it may have had its effect.
 *
 * @see https://doc.traefik.io/traefik/v3.7/reference/routing-configuration/http/middlewares/retry/
 */
export const RETRY = { retry: { attempts: 3, initialInterval: "100ms" } };

/**
 * The Traefik services behind a router.
 *
 * While no replica says that it takes requests, all replicas get some. The stopping replica may say no before the edge has
 * heard a yes from the new one, and a health path that does not exist must not close a service.
 *
 * @param name - of the router
 * @param hosts - DNS names of the service's containers
 */
export function backendsOf(
    name: string,
    { name: service, instances }: Pick<Service, "name" | "instances">,
    hosts: readonly string[],
    port: number,
): Record<string, object> {
    const servers = hosts.map((host) => ({ url: `http://${host}:${port}` }));
    if (instances === undefined) {
        return { [name]: { loadBalancer: { servers } } };
    }
    const healthCheck = { path: instances.ready, interval: QUESTION, timeout: QUESTION, followRedirects: false };
    // No service name contains a dot, so these names are free.
    const [ready, any] = [`${service}.ready`, `${service}.any`];
    return {
        [name]: { failover: { service: ready, fallback: any } },
        [ready]: { loadBalancer: { servers, healthCheck } },
        [any]: { loadBalancer: { servers } },
    };
}
