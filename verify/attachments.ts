/**
 * Findings that need no packet: whether each declared service runs, is in its own zones and in no other network, and whether
 * undeclared containers are in those zones. Pure.
 */

import type { LiveContainer, LiveGuest, LiveNetwork } from "../engine/attachments";
import { instancesOf } from "../model/instances";
import { containerName, containerNames, networkName } from "../model/names";
import type { Platform } from "../model/platform";
import { runsOf } from "../model/runs";
import type { Finding } from "./report";

/** Differences between the declared services and the networks that containers are attached to. */
export function compareAttachments(
    platform: Platform,
    containers: readonly LiveContainer[],
    networks: readonly LiveNetwork[],
    guests: readonly LiveGuest[] = [],
): Finding[] {
    return [
        ...missingServices(platform, containers),
        ...containers.flatMap((container) => misplaced(platform, container)),
        ...networks.flatMap((network) => undeclaredMembers(platform, containers, network)),
        ...guests.flatMap((guest) => inside(guest, containers)),
    ];
}

/** One finding for each declared service that does not run, or one for all of them. */
function missingServices({ environment, services }: Platform, containers: readonly LiveContainer[]): Finding[] {
    if (containers.some(({ running }) => running)) {
        return services.flatMap((service) =>
            instancesOf(service).flatMap(({ name }) => {
                const container = containerName(environment, name);
                return missing(name, container, containers, runsOf(service, services) !== undefined);
            }),
        );
    }
    const text = `nothing of ${environment} runs: nothing is known about its ${services.length} services`;
    return [{ verdict: "could not tell", subject: environment, text }];
}

/** @param ends - whether it runs only at times: it then reaches nothing and answers to nothing, which is as it should be */
function missing(instance: string, container: string, containers: readonly LiveContainer[], ends: boolean): Finding[] {
    const own = containers.find(({ name }) => name === container);
    if (own !== undefined && (own.running || ends)) return [];
    const state = own === undefined ? "has no container" : "does not run";
    return [{ verdict: "could not tell", subject: instance, text: `${instance} ${state}: nothing is known about it` }];
}

function misplaced(platform: Platform, container: LiveContainer): Finding[] {
    const service = platform.services.find(({ name }) => name === container.service);
    const broken = (text: string): Finding => ({ verdict: "broken", subject: container.name, text });
    if (service === undefined) {
        return [
            broken(`${container.name} has the environment's label, but no service ${container.service} is declared`),
        ];
    }
    const own = containerNames(platform.environment, service);
    if (!own.includes(container.name)) {
        // Anyone can set labels, and a second container with the same label would answer for the first.
        return [broken(`${container.name} says that it is ${service.name}, which is ${own.join(", ")}`)];
    }
    if (!container.running) {
        return [];
    }
    const declared = service.zones.map((zone) => networkName(platform.environment, zone));
    const attached = container.addresses.map(({ network }) => network);
    const within = container.addresses.filter(({ network }) => declared.includes(network));
    return [
        ...attached
            .filter((network) => !declared.includes(network))
            .map((network) => ({
                ...broken(`${container.name} is attached to ${network}, which is none of its zones`),
                next: disconnect(network, container.name),
            })),
        ...declared
            .filter((network) => !attached.includes(network))
            .map((network) => broken(`${container.name} is not attached to ${network}, although it is declared in it`)),
        ...within
            .filter(({ address }) => address === "")
            .map(({ network }) =>
                broken(`${container.name} has no IPv4 address in ${network}: it cannot be probed there`),
            ),
        ...within
            .filter(({ ipv6 }) => ipv6 !== undefined)
            .map(({ network, ipv6 }) =>
                broken(
                    `${container.name} has ${ipv6} in ${network}, although zones have no IPv6: this address was not probed`,
                ),
            ),
    ];
}

/** A container in a service's namespaces looks like the service to every other container. */
function inside({ name, host }: LiveGuest, containers: readonly LiveContainer[]): Finding[] {
    const target = containers.find((container) => container.id === host || container.name === host);
    if (target === undefined) return [];
    const text = `${name} lives in the namespaces of ${target.name}: it reaches what ${target.name} reaches, and answers at its addresses`;
    return [{ verdict: "broken", subject: name, text }];
}

/** Containers in the environment's networks without the environment's label. Such a container reaches every member of the network. */
function undeclaredMembers(platform: Platform, containers: readonly LiveContainer[], network: LiveNetwork): Finding[] {
    return network.members
        .filter((member) => !containers.some(({ id }) => id === member.id))
        .map(({ name }) => ({
            verdict: "broken",
            subject: name,
            text: `${name} is attached to ${network.name} and belongs to no service of ${platform.environment}`,
            next: disconnect(network.name, name),
        }));
}

function disconnect(network: string, container: string): string {
    return `docker network disconnect ${network} ${container}`;
}
