/** The edge: the only way into an environment. */

import { extended } from "../../model/draft";
import { issuerInside } from "../../model/identity/issuer";
import type { PublishedPort, Service } from "../../model/platform";
import type { Problem } from "../../model/problems";
import { openZone, platformService } from "../../model/platform-service";
import { mainPort } from "../../model/ports";
import type { Draft, EntryPoint, Layer } from "../layer";
import { storeZones, STORES_MEETING } from "./store-zones";
import { EDGE, EDGE_PING_PORT, EDGE_PORT, EDGE_ZONE } from "./traefik/kind";
import { backgroundRouter, routerName } from "./traefik/routes";

const SUBNETS = { [EDGE_ZONE]: 0 };

/** Traefik's own management entry point. */
const DASHBOARD: EntryPoint = { name: "traefik", inside: EDGE_PORT.traefik, offset: 0 };

/** The last layer: it serves what the layers before it contribute. */
export const edge: Layer = {
    name: "edge",
    subnets: SUBNETS,
    services: [EDGE],
    guests: [EDGE],
    meetings: [STORES_MEETING],
    contribute(before) {
        const { config } = before;
        const stores = storeZones(before);
        const draft = extended(before, stores);
        const { acme, trustedProxies, requestTimeout } = config.edge;
        const entryPoints = [DASHBOARD, ...draft.entryPoints];
        const served = draft.services.flatMap((service) =>
            websOf(draft, service).map((zone) => ({ from: EDGE, to: service.name, port: mainPort(service), zone })),
        );
        const webs = draft.zones.filter(({ name }) => served.some(({ zone }) => zone === name));
        const targets = entryPoints.flatMap(({ to }) => (to === undefined ? [] : [to]));
        // An issuer has one URL: inside its zone, Vault reaches the edge under the edge's public port.
        const https = issuerInside(config)?.port ?? EDGE_PORT.https;
        return {
            zones: [openZone(config, EDGE_ZONE, SUBNETS[EDGE_ZONE], "edge"), ...(stores.zones ?? [])],
            additions: stores.additions ?? [],
            services: [
                platformService(config, {
                    kind: "edge",
                    name: EDGE,
                    layer: "edge",
                    spec: { ...(acme && { acme }), trustedProxies, requestTimeout },
                    zones: [
                        ...new Set([EDGE_ZONE, ...targets.map(({ zone }) => zone), ...webs.map(({ name }) => name)]),
                    ],
                    ports: {
                        ...{ http: EDGE_PORT.http, https },
                        ...Object.fromEntries(entryPoints.map(({ name, inside }) => [name, inside])),
                    },
                    published: publishedPorts(draft, https, entryPoints),
                    // Waits for no service: Vault is configured through the edge. For an application that is not up yet,
                    // the edge answers 502.
                    startsAfter: [],
                }),
            ],
            flows: [...served, ...targets.map(({ service, port, zone }) => ({ from: EDGE, to: service, port, zone }))],
            problems: [...(stores.problems ?? []), ...checkInside(https, entryPoints)],
        };
    },
    // Two routes under one name would be one route in Traefik's configuration, and the other would be lost.
    serviceClaims: (service, claim) =>
        service.routes.flatMap((_, index) => {
            const name = routerName(service, index);
            return [claim("router", name), claim("router", backgroundRouter(name))];
        }),
};

/**
 * Problems of the HTTPS port: when people log in to Vault, the edge also listens on it inside its container, so it must be
 * free there.
 */
function checkInside(https: number, entryPoints: readonly EntryPoint[]): Problem[] {
    const taken = [EDGE_PORT.http, EDGE_PING_PORT, ...entryPoints.map(({ inside }) => inside)];
    return taken.includes(https)
        ? [
              {
                  key: "strata:edge.https.port",
                  value: String(https),
                  accepted: `any but ${taken.join(", ")} while people log in to Vault: the edge listens on it inside its container`,
                  next: "choose another port",
              },
          ]
        : [];
}

/** The web zones in which the edge serves a service: none without routes. */
function websOf({ zones }: Draft, service: Service): string[] {
    return zones
        .filter(({ tier, name }) => tier === "web" && service.routes.length > 0 && service.zones.includes(name))
        .map(({ name }) => name);
}

function publishedPorts(
    { config: { edge: settings, management } }: Draft,
    https: number,
    entryPoints: readonly EntryPoint[],
): PublishedPort[] {
    return [
        { name: "http", internal: EDGE_PORT.http, external: settings.http.port, address: settings.http.address },
        { name: "https", internal: https, external: settings.https.port, address: settings.https.address },
        ...entryPoints.map(({ name, inside, offset }) => ({
            name,
            internal: inside,
            external: management.port + offset,
            address: "127.0.0.1",
        })),
    ];
}
