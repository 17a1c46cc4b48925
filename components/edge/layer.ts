/** The only way in. */

import { issuerInside } from "../../model/identity/issuer";
import type { PublishedPort, Service } from "../../model/platform";
import type { Problem } from "../../model/problems";
import { platformService, platformZone } from "../../model/platform-service";
import { mainPort } from "../../model/ports";
import type { Draft, EntryPoint, Layer } from "../layer";
import { EDGE, EDGE_PING_PORT, EDGE_PORT } from "./traefik/kind";

const ZONE = "edge-net";

const SUBNETS = { [ZONE]: 0 };

/** Traefik's own. */
const DASHBOARD: EntryPoint = { name: "traefik", inside: EDGE_PORT.traefik, offset: 0 };

/** The last layer: what it serves, the others have brought. */
export const edge: Layer = {
    name: "edge",
    subnets: SUBNETS,
    services: [EDGE],
    guests: [EDGE],
    contribute(draft) {
        const { config } = draft;
        const { acme, trustedProxies, requestTimeout } = config.edge;
        const entryPoints = [DASHBOARD, ...draft.entryPoints];
        const served = draft.services.flatMap((service) => websOf(draft, service));
        const webs = draft.zones.map(({ name }) => name).filter((name) => served.includes(name));
        const targets = entryPoints.flatMap(({ to }) => (to === undefined ? [] : [to]));
        // OpenID Connect has one name for an issuer: who asks for it inside finds the edge under its public port.
        const https = issuerInside(config)?.port ?? EDGE_PORT.https;
        return {
            zones: [platformZone(config, ZONE, SUBNETS[ZONE], "edge")],
            services: [
                platformService(config, {
                    kind: "edge",
                    name: EDGE,
                    layer: "edge",
                    spec: { ...(acme && { acme }), trustedProxies, requestTimeout },
                    zones: [...new Set([ZONE, ...targets.map(({ zone }) => zone), ...webs])],
                    ports: {
                        ...{ http: EDGE_PORT.http, https },
                        ...Object.fromEntries(entryPoints.map(({ name, inside }) => [name, inside])),
                    },
                    published: publishedPorts(draft, https, entryPoints),
                    // Waits for nobody: Vault is configured through it, and an application that is not up yet answers 502.
                    startsAfter: [],
                }),
            ],
            flows: [
                ...draft.services.flatMap((service) =>
                    websOf(draft, service).map((zone) => ({
                        from: EDGE,
                        to: service.name,
                        port: mainPort(service),
                        zone,
                    })),
                ),
                ...targets.map(({ service, port, zone }) => ({ from: EDGE, to: service, port, zone })),
            ],
            problems: checkInside(https, entryPoints),
        };
    },
};

/** The edge may have to listen on its public port inside its container too, so that must be free there. */
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
