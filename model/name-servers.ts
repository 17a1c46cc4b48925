/**
 * Which name servers a container asks for names that are not of its zones. The engine answers names of a zone itself, whatever is
 * set here; every other question it hands on, and engines before Docker 26 do so from the host, past the network that is cut
 * off (CVE-2024-29018).
 */

import type { Platform, Service } from "./platform";

/** The container's own loopback address, where no name server listens: a question for an outside name fails at once. */
export const NO_NAME_SERVER = "127.0.0.1";

/** `[NO_NAME_SERVER]` for a service that is in internal zones only; `undefined`, the engine's own, for one with a way out. */
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
