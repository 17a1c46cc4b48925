/**
 * Checks that need the whole platform: zones, flows, reachable pairs, routes and published ports. `claims.ts` checks names.
 */

import { addressesForContainers } from "./address-plan";
import { checkRoutes } from "./check-routes";
import { hasRole, kindOf, OPEN_ZONES } from "../components/kinds";
import { mixedHosts } from "./mixed-hosts";
import { replicasOf } from "./instances";
import { containerNames } from "./names";
import { isSameOwner, type Owner, ownerLabel } from "./owner";
import { PLATFORM, type Platform, type Service, type Zone } from "./platform";
import type { Problem } from "./problems";
import { isAllowed, reachablePairs } from "./reachability";
import { mayBeOpen, mayLeaveThrough } from "./way-out";

/** Every problem of a resolved platform, in the order in which a reader would look for them. */
export function checkPlatform(platform: Platform): Problem[] {
    return [
        ...checkNames(platform),
        ...checkMembership(platform),
        ...checkFlows(platform),
        ...checkDataZones(platform),
        ...checkMeetings(platform),
        ...checkWayOut(platform),
        ...checkRoutes(platform.services),
        ...checkEncodedCharacters(platform),
        ...checkPublished(platform),
        ...checkInstances(platform),
        ...checkAddresses(platform),
    ];
}

function members({ services }: Platform, zone: Zone): Service[] {
    return services.filter(({ zones }) => zones.includes(zone.name));
}

function checkNames({ environment, services }: Platform): Problem[] {
    return [
        ...services
            .flatMap((service) => containerNames(environment, service))
            .filter((name) => name.length > 63)
            .map((name) => ({
                key: `container ${name}`,
                value: `${name.length} characters`,
                accepted: "at most 63, the longest name that DNS can carry",
                next: "shorten the name of the stack, the product or the service",
            })),
        ...services.flatMap((service) => kindOf(service).check?.(service) ?? []),
    ];
}

/**
 * A zone holds services of one owner only, with two exceptions. The edge joins web zones of products that have routes. A
 * guest of the platform, such as Vault, joins a zone where a flow needs it.
 */
function checkMembership({ zones, services, flows }: Platform): Problem[] {
    return services.flatMap((service) =>
        service.zones.flatMap((name): Problem[] => {
            const key = `${service.name} zones`;
            const zone = zones.find((candidate) => candidate.name === name);
            if (zone === undefined) {
                return [{ key, value: name, accepted: "a zone of the platform", next: "declare the zone or leave it" }];
            }
            if (isSameOwner(zone, service)) {
                return [];
            }
            if (hasRole(service, "edge") && service.product === PLATFORM) {
                return zone.tier === "web"
                    ? []
                    : [
                          {
                              key,
                              value: `${name} (${zone.tier})`,
                              accepted: "web zones of products: the edge never joins app or data zones",
                              next: `move what it serves into the web zone of ${ownerLabel(zone)}`,
                          },
                      ];
            }
            const isMet = flows.some((flow) => flow.zone === name && [flow.from, flow.to].includes(service.name));
            if (hasRole(service, "guest") && service.product === PLATFORM && isMet) {
                return [];
            }
            return [
                {
                    key,
                    value: `${name} of ${ownerLabel(zone)}`,
                    accepted: `zones of ${ownerLabel(service)}: products share none`,
                    next: `leave ${name}; call ${ownerLabel(zone)} through the edge`,
                },
            ];
        }),
    );
}

function checkFlows(platform: Platform): Problem[] {
    const find = (name: string): Service | undefined => platform.services.find((service) => service.name === name);
    return platform.flows.flatMap((flow): Problem[] => {
        const key = `flow ${flow.from} -> ${flow.to}:${flow.port}`;
        const [from, to] = [find(flow.from), find(flow.to)];
        if (from === undefined || to === undefined) {
            const value = `no service ${from === undefined ? flow.from : flow.to}`;
            return [{ key, value, accepted: "two services of the platform", next: "correct the call or drop it" }];
        }
        const problems: Problem[] = [];
        if (!from.zones.includes(flow.zone) || !to.zones.includes(flow.zone)) {
            const outside = from.zones.includes(flow.zone) ? to.name : from.name;
            problems.push({
                key,
                value: `through ${flow.zone}, where ${outside} is not`,
                accepted: "a zone that both are in",
                next: `let ${outside} join ${flow.zone}, or drop the call`,
            });
        }
        if (!Object.values(to.ports).includes(flow.port)) {
            const next = "correct the port of the service that is called";
            problems.push({
                key,
                value: String(flow.port),
                accepted: `a port that ${to.name} listens on: ${Object.values(to.ports).join(", ")}`,
                next,
            });
        }
        if (!isSameOwner(from, to) && from.product !== PLATFORM && to.product !== PLATFORM) {
            const value = `from ${ownerLabel(from)} to ${ownerLabel(to)}`;
            problems.push({
                key,
                value,
                accepted: "flows within a product",
                next: "call the other product's public route",
            });
        }
        return problems;
    });
}

/** A data zone holds stores and the services that log in to one of them, nothing else. */
function checkDataZones(platform: Platform): Problem[] {
    return platform.zones
        .filter(({ tier }) => tier === "data")
        .flatMap((zone) => {
            const inside = members(platform, zone);
            const stores = inside.filter((service) => hasRole(service, "store")).map(({ name }) => name);
            return inside
                .filter((service) => !hasRole(service, "store"))
                .filter(({ name }) => !platform.flows.some(({ from, to }) => from === name && stores.includes(to)))
                .map(({ name }) => ({
                    key: `${name} zones`,
                    value: zone.name,
                    accepted: `stores and their clients: ${stores.join(", ") || "no store"} does not have ${name} among them`,
                    next: `leave ${zone.name}, or name the service in \`clients\` of the store it needs`,
                }));
        });
}

/** Members of a network reach each other on every port, so each pair in a zone must be declared. One problem per zone. */
function checkMeetings(platform: Platform): Problem[] {
    return platform.zones.flatMap((zone) => {
        const attached = members(platform, zone).map(({ name }) => ({ name, networks: [zone.name] }));
        const undeclared = reachablePairs(attached).filter(([a, b]) => !isAllowed(platform, a, b));
        return undeclared.length === 0
            ? []
            : [
                  {
                      key: `zone ${zone.name}`,
                      value: undeclared.map(([a, b]) => `${a} with ${b}`).join(", "),
                      accepted: "members that call each other, or `peers: true` for members of one product",
                      next: "declare the call, let one of the two leave the zone, or make the zone's members peers",
                  },
              ];
    });
}

/** Only a zone that a kind names as its `wayOut` has a way out, and only services of that kind are in it. */
function checkWayOut(platform: Platform): Problem[] {
    return platform.zones
        .filter(({ internal }) => !internal)
        .flatMap((zone) => {
            if (!mayBeOpen(zone)) {
                return [
                    {
                        key: `zone ${zone.name}`,
                        value: "with a way out",
                        accepted: `internal: only ${OPEN_ZONES.join(" and ")} have a way out`,
                        next: "make the zone internal, or name it as `wayOut` of the kind that needs it",
                    },
                ];
            }
            return members(platform, zone)
                .filter((service) => !mayLeaveThrough(zone.name, service))
                .map(({ name }) => ({
                    key: `${name} zones`,
                    value: zone.name,
                    accepted: "internal zones: only services of the kind that names the zone as its `wayOut` are in it",
                    next: `leave ${zone.name}, and declare what ${name} needs outside as \`egress\``,
                }));
        });
}

/**
 * A server that decodes `%2F` sees another path than the edge, and the edge decides by the path whether to ask for a
 * session. Only routes of one owner are compared: `claims.ts` refuses a host of two owners.
 */
function checkEncodedCharacters({ services }: Platform): Problem[] {
    const mixedHostsOf = (owner: Owner): string[] =>
        mixedHosts(services.filter((one) => isSameOwner(one, owner)).flatMap(({ routes }) => routes));
    return services.flatMap((service) =>
        service.routes
            .filter(({ encodedCharacters }) => encodedCharacters)
            .filter(({ host }) => mixedHostsOf(service).includes(host))
            .map(({ host, path }) => ({
                key: `${service.name} route ${host}${path} encodedCharacters`,
                value: "true",
                accepted: "false, on a host where some paths ask for a session and others do not",
                next: "give the protected paths a host of their own, or take encodedCharacters out",
            })),
    );
}

function checkPublished({ services }: Platform): Problem[] {
    const published = services.flatMap((service) => service.published.map((port) => ({ service, port })));
    return [
        ...published
            .filter(({ service }) => !hasRole(service, "edge"))
            .map(({ service, port }) => ({
                key: `${service.name} published`,
                value: `${port.address}:${port.external}`,
                accepted: "none: only the edge publishes ports",
                next: "reach it through a route, or through a management entry point of the edge",
            })),
        ...published.flatMap(({ port }, index) =>
            published
                .slice(0, index)
                .filter(
                    (other) => other.port.external === port.external && sameAddress(other.port.address, port.address),
                )
                .map((other) => ({
                    key: `published port ${port.external}`,
                    value: `${other.port.name} on ${other.port.address} and ${port.name} on ${port.address}`,
                    accepted: "one entry point for a host port",
                    next: "change strata:edge or strata:management.port",
                })),
        ),
    ];
}

/**
 * Only applications have several containers. Two containers of a service that holds data or configures itself would
 * overwrite each other's work.
 */
function checkInstances({ services }: Platform): Problem[] {
    return services
        .filter((service) => replicasOf(service) > 1 && !hasRole(service, "application"))
        .map((service) => ({
            key: `${service.name} replicas`,
            value: String(replicasOf(service)),
            accepted: "1: only applications have several instances",
            next: "declare one instance in its layer",
        }));
}

/** Every instance has an address in each of its zones. The engine would run out of them in the middle of an update. */
function checkAddresses(platform: Platform): Problem[] {
    return platform.zones.flatMap((zone) => {
        const counts = members(platform, zone).map((service) => ({ name: service.name, count: replicasOf(service) }));
        const count = counts.reduce((sum, one) => sum + one.count, 0);
        const most = addressesForContainers(zone.subnet);
        if (count <= most) return [];
        const several = counts.filter((one) => one.count > 1).map((one) => `${one.count} of ${one.name}`);
        return [
            {
                key: `zone ${zone.name}`,
                value: `${count} containers${several.length > 0 ? ` (${several.join(", ")})` : ""}`,
                accepted: `at most ${most}: ${zone.subnet} has no more addresses`,
                next: "lower `replicas` in the product's file or in strata:products, or let services leave the zone",
            },
        ];
    });
}

function sameAddress(a: string, b: string): boolean {
    return a === b || a === "0.0.0.0" || b === "0.0.0.0";
}
