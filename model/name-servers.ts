/**
 * The name servers that a container asks for names outside its zones. The engine itself always answers names of a zone. It
 * forwards all other questions; engines before Docker 26 forward them from the host, past the network's isolation
 * (CVE-2024-29018).
 */

import type { Platform, Service } from "./platform";

/** The container's own loopback address, where no name server listens: a question for an outside name fails at once. */
export const NO_NAME_SERVER = "127.0.0.1";

/**
 * `[NO_NAME_SERVER]` for a service in internal zones only; `undefined`, the engine's default, for a service with a way out.
 */
export function nameServersOf(
    { zones }: Pick<Platform, "zones">,
    service: Pick<Service, "zones">,
): string[] | undefined {
    return hasWayOut({ zones }, service) ? undefined : [NO_NAME_SERVER];
}

/** Whether a service is in a zone that is not internal. */
export function hasWayOut({ zones }: Pick<Platform, "zones">, service: Pick<Service, "zones">): boolean {
    return zones.some(({ name, internal }) => !internal && service.zones.includes(name));
}
