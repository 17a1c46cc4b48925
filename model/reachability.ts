/** Which containers can reach each other through shared networks, and which may. */

import { hasRole } from "../components/kinds";
import { isSameOwner } from "./owner";
import { PLATFORM, type Platform, type Service } from "./platform";

/** A container (or a service) and the networks (or zones) it is attached to. */
export interface Attached {
    readonly name: string;
    readonly networks: readonly string[];
}

/** Two names in alphabetical order. */
export type Pair = readonly [string, string];

/**
 * Every pair of containers that shares a network, once, in alphabetical order.
 *
 * On a Docker bridge all members of a network reach each other on every port in both directions. So this is exactly what
 * the engine allows, as long as members of several networks do not forward.
 */
export function reachablePairs(containers: readonly Attached[]): Pair[] {
    const pairs = new Map<string, Pair>();
    for (const members of membersByNetwork(containers).values()) {
        const names = [...members].sort();
        names.forEach((first, index) => {
            for (const second of names.slice(index + 1)) {
                pairs.set(JSON.stringify([first, second]), [first, second]);
            }
        });
    }
    return [...pairs.keys()].sort().map((key) => pairs.get(key) as Pair);
}

function membersByNetwork(containers: readonly Attached[]): Map<string, Set<string>> {
    const members = new Map<string, Set<string>>();
    for (const { name, networks } of containers) {
        for (const network of networks) {
            members.set(network, (members.get(network) ?? new Set()).add(name));
        }
    }
    return members;
}

/**
 * Whether two services may reach each other. They may in four cases:
 *
 * - Both names are the same service: its instances count as one service.
 * - A flow is declared between them, in either direction: the network cannot tell which of them calls.
 * - They have one owner and share a zone of that owner with `peers`. Guests are never peers.
 * - One is a job of the same owner that prepares something for the other, which therefore waits for it.
 *
 * @param a - name of a service
 * @param b - name of a service
 */
export function isAllowed(platform: Pick<Platform, "zones" | "services" | "flows">, a: string, b: string): boolean {
    if (a === b) return platform.services.some(({ name }) => name === a);
    const declared = platform.flows.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
    return declared || arePeers(platform, a, b) || prepares(platform, a, b) || prepares(platform, b, a);
}

/** Whether the first service is a job that the second waits for. */
function prepares({ services }: Pick<Platform, "services">, job: string, other: string): boolean {
    const [first, second] = [job, other].map((name) => services.find((service) => service.name === name));
    return (
        first !== undefined &&
        second !== undefined &&
        hasRole(first, "job") &&
        isSameOwner(first, second) &&
        second.startsAfter.includes(job)
    );
}

function arePeers({ zones, services }: Pick<Platform, "zones" | "services">, a: string, b: string): boolean {
    const find = (name: string): Service | undefined => services.find((service) => service.name === name);
    const [first, second] = [find(a), find(b)];
    if (first === undefined || second === undefined) {
        return false;
    }
    if (!isSameOwner(first, second) || first.product === PLATFORM) {
        return false;
    }
    return zones.some(
        (zone) =>
            zone.peers &&
            isSameOwner(zone, first) &&
            first.zones.includes(zone.name) &&
            second.zones.includes(zone.name),
    );
}
