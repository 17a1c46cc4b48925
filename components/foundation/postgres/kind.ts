/** PostgreSQL with pgvector: databases with row-level security, whose clients own nothing. */

import type { MakeClaim, ServiceWith, Store } from "../../kind";
import type { Claim } from "../../../model/claims";
import type { Login } from "../../../model/logins";
import { PLATFORM } from "../../../model/platform";
import type { Problem } from "../../../model/problems";
import type { CommonDeclaration } from "../../../model/product";
import { checkDatabases, checkSharedMemory } from "./check";
import { LEASES } from "./leases";
import { DATABASE_MANAGER, databaseName, databaseOwner, databaseRole, LONGEST_NAME, RESERVED } from "./names";

export { databaseName, databaseRole } from "./names";

/** A Postgres server of a product, as its author writes it. */
export interface PostgresDeclaration extends CommonDeclaration {
    readonly kind: "postgres";
    /**
     * MiB of `/dev/shm`, for parallel queries and index builds. Counts as memory.
     * @default a quarter of `limits.memoryMiB`, at least 64
     */
    readonly sharedMemoryMiB?: number;
    /** Databases by name; the environment's name is appended (`bizosaas` becomes `bizosaas_staging`). */
    readonly databases: Readonly<
        Record<string, { readonly clients: readonly string[]; readonly extensions?: readonly string[] }>
    >;
}

/** A database on a Postgres service. */
export interface Database {
    /** Name on the server, for example `bizosaas_staging`. */
    readonly name: string;
    /** Login that owns nothing and is held by row-level security. */
    readonly role: string;
    /** Extensions besides `uuid-ossp` and `pgcrypto`. */
    readonly extensions: readonly string[];
    /** Services that log in as {@link role}. */
    readonly clients: readonly string[];
    /** The role creates its own tables: for programs that bring their schema. @default false */
    readonly migrates?: boolean;
}

/** What a Postgres server has besides what all services have. */
export interface PostgresSpec {
    readonly databases: readonly Database[];
    /** MiB for what parallel workers share. @default a quarter of the memory, at least 64 */
    readonly sharedMemoryMiB?: number;
}

export const POSTGRES_PORT = 5432;

/** Where a server keeps its data. */
export const POSTGRES_DATA = {
    /** Where the volume is mounted. */
    volume: "/var/lib/postgresql/data",
    /** Folder of the cluster. */
    cluster: "/var/lib/postgresql/data/pgdata",
} as const;

/** MiB of a server whose product names no limit. */
export const POSTGRES_MEMORY = 1024;

export const postgres: Store<PostgresSpec, PostgresDeclaration> = {
    role: "store",
    image: "postgres",
    ports: { sql: POSTGRES_PORT },
    limits: { memoryMiB: POSTGRES_MEMORY, cpus: 1, processes: 4096 },
    // It looks its user up by name when it makes a cluster and when a program in its container logs in.
    keepsImageUser: true,
    // Over TCP: the image's initialisation runs a server on the socket only, and that one must not count.
    // The minute is for the first start, which creates the cluster.
    probe: () => ({ test: ["CMD", "pg_isready", "-U", "postgres", "-h", "127.0.0.1"], startPeriod: 60 }),
    claims,
    check: checkNames,
    declared: {
        check: (declared, place) => [...checkDatabases(declared, place), ...checkSharedMemory(declared, place)],
        resolve: ({ databases, sharedMemoryMiB }, { product, services }, _stack, environment) => ({
            image: "postgres",
            ports: { sql: POSTGRES_PORT },
            environment: {},
            spec: {
                // A database stays when a stack leaves out all of its clients: its data does not go with a line of configuration.
                databases: Object.entries(databases).map(([name, { clients, extensions }]) => ({
                    name: databaseName(name, environment),
                    role: databaseRole(name),
                    extensions: extensions ?? [],
                    clients: clients.filter((client) => client in services).map((client) => `${product}-${client}`),
                })),
                ...(sharedMemoryMiB !== undefined && { sharedMemoryMiB }),
            },
        }),
    },
    store: {
        parts: ({ databases }) => Object.entries(databases).map(([name, { clients }]) => ({ name, clients })),
        partName: databaseRole,
        held: ({ spec }) => spec.databases.map(({ role }) => role),
        logins: ({ name: server, spec }) =>
            spec.databases.flatMap(({ name: database, role, clients }) =>
                clients.map((client): Login => ({
                    kind: "postgres",
                    server,
                    port: POSTGRES_PORT,
                    store: role,
                    database,
                    user: role,
                    client,
                })),
            ),
        url: ({ host, port, database, user, password }) =>
            `postgresql://${user}:${password}@${host}:${port}/${database}`,
        howToLogIn: 'engine: "database"',
        leases: LEASES,
    },
};

/** Databases, the roles of their clients and the roles that own them share two lists of names on a server. */
function claims({ name: server, product, spec }: ServiceWith<PostgresSpec>, claim: MakeClaim): Claim[] {
    const reserved = (of: "database" | "database role", by: string, values: readonly string[]): Claim[] =>
        values.map((value) => ({ of, value, owner: { product: PLATFORM }, by, within: server }));
    return [
        ...reserved("database", "Postgres", RESERVED.databases),
        ...reserved("database role", "Postgres", RESERVED.roles),
        ...reserved("database role", "Vault's login", [DATABASE_MANAGER]),
        ...spec.databases.flatMap(({ name, role }) =>
            [
                claim("database role", role, server),
                claim("database role", databaseOwner(name), server),
                claim("database", name, server),
                // A leased login of a product names a database without its server.
                ...(product === PLATFORM ? [] : [claim("database", role, product)]),
                // The name under which the program keeps the password.
                claim("login", `${server}-${role}`, "Postgres servers"),
            ].map((one) => ({ ...one, by: `${one.by} databases.${role}` })),
        ),
    ];
}

function checkNames({ spec }: ServiceWith<PostgresSpec>): Problem[] {
    return spec.databases
        .map(({ name }) => databaseOwner(name))
        .filter((name) => name.length > LONGEST_NAME)
        .map((name) => ({
            key: `database role ${name}`,
            value: `${name.length} characters`,
            accepted: `at most ${LONGEST_NAME}: Postgres cuts what is longer`,
            next: "shorten the name of the stack or of the database",
        }));
}
