import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { containerName } from "../../../model/names";
import type { ServiceOf } from "../../../model/platform";
import { FILES } from "../../lib/files";
import { Service } from "../../lib/service";
import { credentialsOf, type StoreCredential } from "../credential";
import type { ManagerLogin, Store, StoreArgs } from "../store";
import { postgres, POSTGRES_DATA } from "./kind";
import { DATABASE_MANAGER } from "./names";
import { databaseScript, identityOf } from "./sql";

/** Inputs for {@link Postgres}. */
export interface PostgresArgs extends StoreArgs {
    readonly service: ServiceOf<"postgres">;
}

/**
 * A PostgreSQL server with pgvector and its databases. Applications log in over SCRAM as a role that owns nothing and is
 * held by row-level security.
 */
export class Postgres extends pulumi.ComponentResource implements Store {
    public readonly service: Service;
    /** One login per database and client. */
    public readonly credentials: readonly StoreCredential[];
    /**
     * Number of the server's data (`system_identifier`): it changes when the data is new and stays when only the container is.
     * An input of whatever is stored in a database. As an output of the component it is in the state, where the command line
     * compares it with what the volume holds (`cli/pulumi/same-data.ts`).
     */
    public readonly identity: pulumi.Output<string>;
    /** The applied databases; depend on it before logging in. */
    public readonly ready: pulumi.Resource;
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
                sharedMemory: service.spec.sharedMemoryMiB ?? sharedMemoryOf(service.limits.memoryMiB),
            },
            { parent: this },
        );

        if (args.managed) {
            this.manager = { role: DATABASE_MANAGER, password: pulumi.secret(password(DATABASE_MANAGER)) };
        }
        const { databases } = service.spec;
        const passwords = databases.map((database) => password(database.role));
        const applied = new local.Command(
            `${name}-databases`,
            {
                create: psql(containerName(deployment.platform.environment, service.name)),
                // Passwords travel on standard input: arguments and environment can be read by others.
                stdin: pulumi.secret(
                    pulumi
                        .all([pulumi.all(passwords), this.manager?.password])
                        .apply(([values, manager]) => databaseScript(databases, values, manager)),
                ),
                environment: deployment.dockerVariables,
                // Data can only be new behind a new container: the engine removes no volume that a container mounts.
                triggers: [this.service.container.id],
                addPreviousOutputInEnv: false,
                logging: "none",
            },
            { parent: this, dependsOn: this.service.container, additionalSecretOutputs: ["stdout", "stderr"] },
        );
        this.ready = applied;
        // A server without its databases is of no use to anybody.
        deployment.register.set(service.name, applied);
        this.identity = pulumi.unsecret(applied.stdout.apply(identityOf));
        const byRole = new Map(databases.map(({ role }, index) => [role, passwords[index]!]));
        this.credentials = credentialsOf(postgres.store.logins(service), byRole);
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
