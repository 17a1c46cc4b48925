import type * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import { DatabaseServer } from "../database-server";
import { FILES } from "../../hardening/files";
import type { StoreArgs } from "../store";
import { NUMBERED, POSTGRES_DATA } from "./data";
import { postgres } from "./kind";
import { databaseScript } from "./sql";

/** Inputs for {@link Postgres}. */
export interface PostgresArgs extends StoreArgs {
    readonly service: ServiceOf<"postgres">;
}

/**
 * A PostgreSQL server with pgvector and its databases. Applications log in over SCRAM as a role that owns nothing;
 * row-level security applies to it. The number of the server's data is the cluster's `system_identifier`.
 */
export class Postgres extends DatabaseServer<ServiceOf<"postgres">> {
    constructor(name: string, { deployment, service }: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
        const { databases, sharedMemoryMiB = sharedMemoryOf(service.limits.memoryMiB) } = service.spec;
        super(
            name,
            {
                deployment,
                service,
                store: postgres.store,
                numberedData: NUMBERED,
                container: (password) => ({
                    user: "999:999",
                    environment: {
                        POSTGRES_PASSWORD_FILE: `${FILES}/secrets/superuser`,
                        // Local connections: only the server's own user, as superuser. Network connections: SCRAM only.
                        POSTGRES_INITDB_ARGS: "--auth-local=peer --auth-host=scram-sha-256 --data-checksums",
                        PGDATA: POSTGRES_DATA.cluster,
                    },
                    files: [{ path: "secrets/superuser", content: password("superuser") }],
                    data: POSTGRES_DATA.volume,
                    tmpfs: { "/tmp": 64, "/var/run/postgresql": 1 },
                    command: ["postgres", "-c", "password_encryption=scram-sha-256", "-c", "log_connections=on"],
                    stopTimeout: 60,
                    sharedMemory: sharedMemoryMiB,
                }),
                ...PSQL,
                script: (passwords, manager) => databaseScript(databases, passwords, manager),
            },
            opts,
        );
    }
}

/**
 * Default size of `/dev/shm`, which parallel queries and index builds share. The engine's own default is 64 MiB; used
 * shared memory counts as memory.
 *
 * @see https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-DYNAMIC-SHARED-MEMORY-TYPE
 */
function sharedMemoryOf(memoryMiB: number): number {
    return Math.max(64, Math.floor(memoryMiB / 4));
}

/**
 * The client for the script. No statement of the script may reach the server's log, not even a failing one: they contain
 * passwords.
 */
const PSQL = {
    client: "psql -X -v ON_ERROR_STOP=1 -U postgres -d postgres",
    environment: "PGOPTIONS=-c log_statement=none -c log_min_error_statement=panic -c client_min_messages=warning",
} as const;
