/** Temporal: the server that runs workflows. */

import type { Kind } from "../../kind";

/** Name of the kind and of its service. */
export const TEMPORAL = "temporal";

/** The job that brings its databases to the server's schema. */
export const TEMPORAL_SCHEMA = "temporal-schema";

/** Image of the job. */
export const TEMPORAL_ADMIN_TOOLS = "temporal-admin-tools";

/** gRPC, for the services that start workflows or work on them. */
export const TEMPORAL_PORT = 7233;

/** What Vault writes into tokens for Temporal as `aud`. */
export const TEMPORAL_AUDIENCE = "temporal";

/** Claim that says which namespaces a token opens. @see https://docs.temporal.io/self-hosted-guide/security#claim-mapper */
export const PERMISSIONS_CLAIM = "permissions";

/** What a product's services may do in its namespace: `worker` polls for tasks, `write` starts and signals workflows. */
export const CLIENT_PERMISSIONS = ["worker", "write"] as const;

/** Port of the HTTP API of the server's own frontend. It listens on the container's loopback address only. */
export const TEMPORAL_HEALTH_PORT = 7246;

/** Asks the server's own frontend about the cluster, which it reads from the database. */
const HEALTHY = `wget -q -O /dev/null http://127.0.0.1:${TEMPORAL_HEALTH_PORT}/api/v1/cluster-info`;

/** A product's namespace. */
export interface Namespace {
    readonly name: string;
    /** Days for which the history of an ended workflow is kept. */
    readonly retention: number;
}

/** The fields of Temporal's server besides those of all services. */
export interface TemporalSpec {
    /** Number of history shards. It is fixed when the databases are created. */
    readonly shards: number;
    readonly namespaces: readonly Namespace[];
}

export const temporal: Kind<TemporalSpec, never> = {
    role: "guest",
    service: TEMPORAL,
    image: "temporal",
    ports: { grpc: TEMPORAL_PORT },
    // Requirement S0: 512 MB to 1 GB.
    limits: { memoryMiB: 768, cpus: 1, processes: 4096 },
    // The server would ignore another number: it reads the one that its database was made with.
    fixed: ({ shards }) => ({ "strata:orchestration.temporal.shards": String(shards) }),
    probe: () => ({ test: ["CMD-SHELL", HEALTHY], startPeriod: 60 }),
};
