/** PostgreSQL with pgvector: databases with row-level security. Clients own nothing. */

import { z } from "zod";

import type { ServiceWith, Store } from "../../kind";
import { common, serviceNames } from "../../../model/declaration";
import { DATABASE_NAME } from "../../../model/grammar";
import type { Problem } from "../../../model/problems";
import type { Declared } from "../../../model/schema/declared";
import { text, whole } from "../../../model/schema/leaves";
import { databaseClaims, databaseStore, servedDatabase, type ServedDatabase } from "../databases";
import { checkMigrations, checkSharedMemory } from "./check";
import { NUMBERED } from "./data";
import { LEASES } from "./leases";
import { databaseOwner, isMigrationsRole, LONGEST_NAME, migrationsRole, RESERVED } from "./names";

const database = z.strictObject(
    {
        /** Services that log in to it. */
        clients: serviceNames,
        /**
         * Jobs that create and change tables: they log in as the database's owner, with the secret `engine: "database"`,
         * `path: "<database>-migrations"`.
         * @default none
         */
        migrations: serviceNames.exactOptional(),
        /** Extensions besides `uuid-ossp` and `pgcrypto`. @default none */
        extensions: z
            .array(
                text({
                    pattern: /^[a-z][a-z0-9_-]*$/,
                    accepted: "the name of a Postgres extension, for example vector",
                }),
                { error: "a list of names of extensions" },
            )
            .exactOptional(),
    },
    { error: "{ clients, migrations?, extensions? }" },
);

const declaration = common.extend({
    kind: z.literal("postgres"),
    /**
     * MiB of `/dev/shm`, for parallel queries and index builds. Counts as memory.
     * @default a quarter of `limits.memoryMiB`, at least 64
     */
    sharedMemoryMiB: whole("whole MiB, at least 64: what the engine gives breaks parallel queries", 64).exactOptional(),
    /** Databases by name; the environment's name is appended (`bizosaas` becomes `bizosaas_staging`). */
    databases: z.record(text(DATABASE_NAME), database, { error: "a map from name to database" }),
});

/** A Postgres server of a product, as its author writes it. */
export type PostgresDeclaration = Declared<typeof declaration>;

/** A database on a Postgres service. */
export interface Database {
    /** Name on the server, for example `bizosaas_staging`. */
    readonly name: string;
    /** Login of the clients. It owns nothing, and row-level security applies to it. */
    readonly role: string;
    /** Extensions besides `uuid-ossp` and `pgcrypto`. */
    readonly extensions: readonly string[];
    /** Services that log in as {@link role}. */
    readonly clients: readonly string[];
    /** The role creates its own tables: for programs that bring their schema. @default false */
    readonly migrates?: boolean;
    /** Jobs that log in as the owner. @default none */
    readonly migrations?: readonly string[];
}

/** The fields of a Postgres server besides those of all services. */
export interface PostgresSpec {
    readonly databases: readonly Database[];
    /** MiB of memory that parallel workers share. @default a quarter of the memory, at least 64 */
    readonly sharedMemoryMiB?: number;
}

export const POSTGRES_PORT = 5432;

/** Memory in MiB of a server whose product names no limit. */
export const POSTGRES_MEMORY = 1024;

export const postgres: Store<PostgresSpec, PostgresDeclaration> = {
    role: "store",
    image: "postgres",
    ports: { sql: POSTGRES_PORT },
    limits: { memoryMiB: POSTGRES_MEMORY, cpus: 1, processes: 4096 },
    // Postgres looks its user up by name when it creates a cluster, and when a program in its container logs in.
    keepsImageUser: true,
    // Over TCP: the image's initialisation runs a server on the socket only, which must not count as healthy. The minute is
    // for the first start, which creates the cluster.
    probe: () => ({ test: ["CMD", "pg_isready", "-U", "postgres", "-h", "127.0.0.1"], startPeriod: 60 }),
    claims: (service, claim) =>
        databaseClaims(
            service,
            service.spec.databases.map(ofClients),
            RESERVED,
            ({ name, user }) => [databaseOwner(name), migrationsRole(user)],
            claim,
        ),
    check: checkNames,
    declared: {
        schema: declaration,
        check: (declared, place) => [...checkSharedMemory(declared, place), ...checkMigrations(declared, place)],
        resolve: ({ databases, sharedMemoryMiB }, place, _stack, environment) => ({
            image: "postgres",
            ports: { sql: POSTGRES_PORT },
            environment: {},
            spec: {
                // A database stays when a stack leaves out all of its clients: removing a line of configuration must not
                // delete data.
                databases: Object.entries(databases).map(([short, database]) => {
                    const { name, user: role, clients } = servedDatabase(short, database, place, environment);
                    const jobs = { clients: database.migrations ?? [] };
                    const { clients: migrations } = servedDatabase(short, jobs, place, environment);
                    const extensions = database.extensions ?? [];
                    return { name, role, extensions, clients, ...(database.migrations && { migrations }) };
                }),
                ...(sharedMemoryMiB !== undefined && { sharedMemoryMiB }),
            },
        }),
    },
    store: {
        ...databaseStore("postgres", POSTGRES_PORT, served),
        parts: ({ databases }) =>
            Object.entries(databases).flatMap(([name, { clients, migrations }]) => [
                { name, clients },
                ...(migrations ? [{ name: `${name}-migrations`, clients: migrations, forJobs: true }] : []),
            ]),
        isLeasedOnly: isMigrationsRole,
        fileText: ({ host, port, database, user, password }) =>
            `postgresql://${user}:${password}@${host}:${port}/${database}`,
        leases: LEASES,
    },
    numberedData: NUMBERED,
};

/** The databases, whose clients log in as the role, and again for the jobs that log in as the owner. */
function served({ databases }: PostgresSpec): ServedDatabase[] {
    return databases.flatMap((database) => {
        const { name, role, migrations } = database;
        const owners = migrations && [{ name, user: migrationsRole(role), clients: migrations }];
        return [ofClients(database), ...(owners ?? [])];
    });
}

function ofClients({ name, role: user, clients }: Database): ServedDatabase {
    return { name, user, clients };
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
