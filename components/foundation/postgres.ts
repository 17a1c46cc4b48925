import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { DATABASE_MANAGER } from "../../model/database-name";
import { containerName } from "../../model/names";
import type { Service as ServiceModel } from "../../model/platform";
import { POSTGRES_DATA } from "../../model/postgres-data";
import { storeLogins } from "../../model/store-logins";
import type { Deployment } from "../lib/deployment";
import { FILES } from "../lib/files";
import { Service } from "../lib/service";
import type { StoreCredential } from "./credential";
import { databaseScript, identityOf } from "./sql";

/** Inputs for {@link Postgres}. */
export interface PostgresArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    /** Gives Vault a login that can make and remove clients of the databases. @default false */
    readonly managed?: boolean;
}

/** How Vault logs in to a Postgres server. */
export interface ManagerLogin {
    readonly role: string;
    /** Always secret. */
    readonly password: pulumi.Output<string>;
}

/**
 * A PostgreSQL server with pgvector and its databases. Applications log in over SCRAM as a role that owns nothing and is
 * held by row-level security.
 */
export class Postgres extends pulumi.ComponentResource {
    public readonly service: Service;
    /** One connection URL per database and client. */
    public readonly credentials: readonly StoreCredential[];
    /** Applied databases; depend on it before logging in. */
    public readonly databases: local.Command;
    /**
     * Number of the server's data (`system_identifier`): it changes when the data is new and stays when only the container is.
     * An input of whatever is stored in a database. As an output of the component it is in the state, where the command line
     * compares it with what the volume holds (`cli/pulumi/same-data.ts`).
     */
    public readonly identity: pulumi.Output<string>;
    /** Set if the server is managed. */
    public readonly manager: ManagerLogin | undefined;

    constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Postgres", name, {}, opts);

        const { deployment, service } = args;
        const password = (what: string): pulumi.Output<string> =>
            new random.RandomPassword(`${name}-${what}`, { length: 32, special: false }, { parent: this }).result;
        const superuser = password("superuser");
        this.service = new Service(
            name,
            {
                deployment,
                service,
                user: "999:999",
                environment: {
                    POSTGRES_PASSWORD_FILE: `${FILES}/secrets/superuser`,
                    // Locally only the server's own user may be superuser, over the network nobody without SCRAM.
                    POSTGRES_INITDB_ARGS: "--auth-local=peer --auth-host=scram-sha-256 --data-checksums",
                    PGDATA: POSTGRES_DATA.cluster,
                },
                files: [{ path: "secrets/superuser", content: superuser }],
                data: POSTGRES_DATA.volume,
                tmpfs: { "/tmp": 64, "/var/run/postgresql": 1 },
                command: ["postgres", "-c", "password_encryption=scram-sha-256", "-c", "log_connections=on"],
                stopTimeout: 60,
                sharedMemory: service.sharedMemoryMiB ?? sharedMemoryOf(service.limits.memoryMiB),
            },
            { parent: this },
        );

        if (args.managed) {
            this.manager = { role: DATABASE_MANAGER, password: pulumi.secret(password(DATABASE_MANAGER)) };
        }
        const passwords = service.databases.map((database) => password(database.role));
        this.databases = new local.Command(
            `${name}-databases`,
            {
                create: psql(containerName(deployment.platform.environment, service.name)),
                // Passwords travel on standard input: arguments and environment can be read by others.
                stdin: pulumi.secret(
                    pulumi
                        .all([pulumi.all(passwords), this.manager?.password])
                        .apply(([values, manager]) => databaseScript(service.databases, values, manager)),
                ),
                environment: deployment.dockerVariables,
                // Data can only be new behind a new container: the engine removes no volume that a container mounts.
                triggers: [this.service.container.id],
                addPreviousOutputInEnv: false,
                logging: "none",
            },
            { parent: this, dependsOn: this.service.container, additionalSecretOutputs: ["stdout", "stderr"] },
        );
        this.identity = pulumi.unsecret(this.databases.stdout.apply(identityOf));
        this.credentials = service.databases.flatMap((database, index) =>
            storeLogins([{ ...service, databases: [database] }]).map((login) => ({
                ...login,
                url: pulumi.secret(
                    pulumi.interpolate`postgresql://${database.role}:${passwords[index]!}@${service.name}:5432/${database.name}`,
                ),
            })),
        );
        this.registerOutputs({ identity: this.identity });
    }
}

/**
 * Parallel queries and index builds meet in `/dev/shm`, where the engine gives 64 MiB; what is used counts as memory.
 *
 * @see https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-DYNAMIC-SHARED-MEMORY-TYPE
 */
function sharedMemoryOf(memoryMiB: number): number {
    return Math.max(64, Math.floor(memoryMiB / 4));
}

/** None of the script's statements may reach the server's log, not even one that fails: they hold passwords. */
function psql(container: string): string {
    const settings = "-c log_statement=none -c log_min_error_statement=panic -c client_min_messages=warning";
    return `docker exec -i -e "PGOPTIONS=${settings}" ${container} psql -X -v ON_ERROR_STOP=1 -U postgres -d postgres`;
}
