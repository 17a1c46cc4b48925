/** The edge: Traefik, the only service with ports on the host. */

import type { CommonService, PublishedPort } from "../../../model/platform";
import type { EdgeConfig } from "../../../model/stack-config";
import type { Kind } from "../../kind";

/** Name of the kind, and of its service. */
export const EDGE = "edge";

/** The zone through which visitors reach the edge. */
export const EDGE_ZONE = "edge-net";

/**
 * Entry points that every edge has, as ports inside its container. They are above 1024 because the edge is not root.
 * `traefik` is Traefik's own interface (dashboard, metrics). Layers add entry points that lead to other services.
 */
export const EDGE_PORT = { http: 8080, https: 8443, traefik: 9000 } as const;

/** The public entry points. */
const PUBLIC = ["http", "https"];

/** Ports that an edge publishes for management, on the host's loopback address. */
export function managementPorts({ published }: Pick<CommonService, "published">): PublishedPort[] {
    return published.filter(({ name }) => !PUBLIC.includes(name));
}

/** Port of the edge's own health check, on its container's loopback address. */
export const EDGE_PING_PORT = 8082;

/** Name of the file with Traefik's static configuration. */
export const EDGE_CONFIGURATION = "traefik.yaml";

/** The fields of an edge besides those of all services: settings of `strata:edge`. */
export type EdgeSettings = Pick<EdgeConfig, "acme" | "trustedProxies" | "requestTimeout">;

export const edge: Kind<EdgeSettings, never> = {
    role: "edge",
    service: EDGE,
    wayOut: EDGE_ZONE,
    image: "traefik",
    // In older releases, visitors can forge an identity header in another spelling (GHSA-rf44-j88r-hh8c). Older releases do
    // not know an option in the edge's configuration.
    fixedRelease: [3, 7, 12],
    management: {
        entryPoint: "traefik",
        page: (origin, isMadeHere) => `${origin}${isMadeHere ? "/metrics" : "/dashboard/"}`,
    },
    ports: EDGE_PORT,
    limits: { memoryMiB: 256, cpus: 1, processes: 4096 },
    probe: () => ({
        test: ["CMD", "traefik", "healthcheck", `--configFile=/etc/strata/${EDGE_CONFIGURATION}`],
        startPeriod: 15,
    }),
};
