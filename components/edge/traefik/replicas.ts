/**
 * Traefik's part of replicas: which of them get requests.
 *
 * The edge asks each replica whether it takes requests, and sends none to one that says no or nothing. It learns that a replica stops from
 * the replica itself, which goes on serving until the edge has noticed (`Instances.drain`): only then is no request under way when it ends.
 */

import type { Service } from "../../../model/platform";

/** Between two questions, and longest wait for an answer. Twice this is less than the shortest time for which a replica drains. */
const QUESTION = "1s";

/**
 * Sends a request to another replica when no byte of it has reached the first one, whatever its method. A request that has reached a
 * replica is not repeated: it may have had its effect.
 *
 * @see https://doc.traefik.io/traefik/v3.7/reference/routing-configuration/http/middlewares/retry/
 */
export const RETRY = { retry: { attempts: 3, initialInterval: "100ms" } };

/**
 * What a router leads to.
 *
 * While no replica says that it takes requests, all of them get some: the one that stops may have said no before the edge has heard the
 * new one say yes, and a health path that does not exist must not close a service.
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
    // A dot is in no name of a service, so these are nobody else's.
    const [ready, any] = [`${service}.ready`, `${service}.any`];
    return {
        [name]: { failover: { service: ready, fallback: any } },
        [ready]: { loadBalancer: { servers, healthCheck } },
        [any]: { loadBalancer: { servers } },
    };
}
