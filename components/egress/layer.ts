/** The way out: a proxy through which services reach the hosts outside that they declare, and no others. */

import { replicasOf } from "../../model/instances";
import { serviceMeetingZone } from "../../model/meeting-zone";
import { isSameOwner, shortName } from "../../model/owner";
import type { Service, Zone } from "../../model/platform";
import { openZone, platformService } from "../../model/platform-service";
import type { Problem } from "../../model/problems";
import { hasRole } from "../kinds";
import type { Contribution, Draft, Layer } from "../layer";
import { checkFixedHosts, checkOwnHosts } from "./check";
import { EGRESS, EGRESS_MEETING, EGRESS_PORT, EGRESS_ZONE, MOST_INSTANCES, MOST_SERVICES } from "./squid/kind";

const SUBNETS = { [EGRESS_ZONE]: 12 };

/** It contributes nothing when no service of the stack declares hosts outside. */
export const egressLayer: Layer = {
    name: "egress",
    subnets: SUBNETS,
    services: [EGRESS],
    guests: [EGRESS],
    meetings: [EGRESS_MEETING],
    contribute(draft): Contribution {
        const { config, services } = draft;
        const clients = services.filter(({ egress = [] }) => egress.length > 0);
        if (clients.length === 0) {
            return {};
        }
        const meetings = clients.map((client) => meetingOf(draft, client));
        const met = meetings.flatMap((meeting) => ("zone" in meeting ? [meeting] : []));
        return {
            zones: [openZone(config, EGRESS_ZONE, SUBNETS[EGRESS_ZONE], "platform"), ...met.map(({ zone }) => zone)],
            services: [
                platformService(config, {
                    kind: EGRESS,
                    name: EGRESS,
                    layer: "egress",
                    spec: config.egress,
                    zones: [EGRESS_ZONE, ...met.map(({ zone }) => zone.name)],
                }),
            ],
            additions: met.map(({ client, zone }) => ({
                service: client.name,
                zones: [zone.name],
                startsAfter: [EGRESS],
                environment: proxySettings(namesOfCalled(draft, client)),
            })),
            flows: met.map(({ client, zone }) => ({
                from: client.name,
                to: EGRESS,
                port: EGRESS_PORT,
                zone: zone.name,
            })),
            problems: [
                ...meetings.flatMap((meeting) => ("problem" in meeting ? [meeting.problem] : [])),
                ...checkOwnHosts(clients, services),
            ],
        };
    },
    check: checkFixedHosts,
    serviceClaims: (service, claim) =>
        hasRole(service, "application") ? [claim("zone", `${service.name}-${EGRESS_MEETING.suffix}`)] : [],
};

/**
 * The zone in which a service meets the proxy. A service's part of the addresses follows from its place in the product's
 * file, so the choice of a stack moves no zone.
 */
function meetingOf(
    draft: Draft,
    client: Service,
): { readonly client: Service; readonly zone: Zone } | { readonly problem: Problem } {
    const part = placeOf(draft, client);
    const problem = { key: `${client.name} egress`, next: `change products/${client.product}.ts` };
    if (part >= MOST_SERVICES) {
        const value = `service ${part + 1} of ${client.product} with hosts outside`;
        const accepted = `at most ${MOST_SERVICES} services of a product: each has a zone of its own`;
        return { problem: { ...problem, value, accepted } };
    }
    if (replicasOf(client) > MOST_INSTANCES) {
        const value = `${replicasOf(client)} replicas`;
        const accepted = `at most ${MOST_INSTANCES} replicas of a service with hosts outside: its zone has no more addresses`;
        return { problem: { ...problem, value, accepted, next: `${problem.next} or strata:products` } };
    }
    const meeting = serviceMeetingZone(draft, client, EGRESS_MEETING, part);
    return "zone" in meeting ? { client, ...meeting } : meeting;
}

/** The place of a service among those of its product's file with hosts outside, from 0. */
function placeOf({ products }: Draft, client: Service): number {
    const { product } = products.find(({ owner }) => isSameOwner(owner, client))!;
    return Object.entries(product.services)
        .filter(([, { egress = [] }]) => egress.length > 0)
        .findIndex(([name]) => name === shortName(client));
}

/** The names of the services that a service calls or logs in to: it connects to them without the proxy. */
function namesOfCalled({ flows, services }: Draft, client: Service): string[] {
    const called = flows.filter(({ from }) => from === client.name);
    const names = called.flatMap(({ to, zone }) => {
        const { aliases = [], zoneAliases = {} } = services.find(({ name }) => name === to) ?? {};
        return [...aliases, ...(zoneAliases[zone] ?? [])];
    });
    return [...new Set(names)];
}

/**
 * The settings by which programs find a proxy, in both spellings: curl reads `http_proxy` in lower case only, others read
 * the first that they find.
 *
 * @param direct - names to which programs connect without the proxy
 */
function proxySettings(direct: readonly string[]): Record<string, string> {
    const proxy = `http://${EGRESS}:${EGRESS_PORT}`;
    const settings = {
        HTTP_PROXY: proxy,
        HTTPS_PROXY: proxy,
        NO_PROXY: ["localhost", "127.0.0.1", ...direct].join(","),
    };
    const lower = Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { ...settings, ...Object.fromEntries(lower) };
}
