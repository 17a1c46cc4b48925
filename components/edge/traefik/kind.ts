/** The edge: Traefik, the only service with ports on the host. */

import type { CommonService, PublishedPort } from "../../../model/platform";
import type { EdgeConfig } from "../../../model/stack-config";
import type { Kind } from "../../kind";

/** Name of the kind, and of its service. */
export const EDGE = "edge";

/**
 * Entry points inside the container that every edge has: above 1024, because it is not root. `traefik` is its own interface
 * (dashboard, metrics); those that lead to other services are the layers'.
 */
export const EDGE_PORT = { http: 8080, https: 8443, traefik: 9000 } as const;

/** Entry points that are for everybody. */
const PUBLIC = ["http", "https"];

/** Ports that an edge publishes for management, on the host's loopback address. */
export function managementPorts({ published }: Pick<CommonService, "published">): PublishedPort[] {
    return published.filter(({ name }) => !PUBLIC.includes(name));
}

/** Where the edge asks itself whether it is healthy; on its container's loopback address. */
export const EDGE_PING_PORT = 8082;

/** Where its static configuration is. */
export const EDGE_CONFIGURATION = "traefik.yaml";

/** What an edge has besides what all services have: settings of `strata:edge`. */
export type EdgeSettings = Pick<EdgeConfig, "acme" | "trustedProxies" | "requestTimeout">;

export const edge: Kind<EdgeSettings, never> = {
    role: "edge",
    service: EDGE,
    image: "traefik",
    // Visitors of older ones can say who they are, in another spelling of the header (GHSA-rf44-j88r-hh8c); the edge's configuration
    // names an option that these do not know.
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
