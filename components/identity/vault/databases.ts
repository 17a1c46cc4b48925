import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { databaseRole } from "../../../model/database-name";
import { mountOf, placeOf } from "../../../model/secrets/secret";
import { formerlyNamed, inMount, type ManagedServer, type VaultContext } from "./context";

/** How much longer than once a login can live by being renewed. */
const RENEWALS = 4;

/**
 * A login that is in the application's role and has nothing of its own. Postgres refuses it after its time, should Vault not
 * come to it. It cannot become the role (`SET FALSE`): a role may change its own password, and that would outlive the login.
 *
 * @param role - of the database
 */
export function creationStatements(role: string): string[] {
    return [
        `CREATE ROLE "{{name}}" LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 32 PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
        `GRANT "${role}" TO "{{name}}" WITH INHERIT TRUE, SET FALSE;`,
    ];
}

/** A function that cannot fail because of what the login has done: see `components/foundation/sql/030-manager.ts`. */
export const REVOCATION_STATEMENTS = [`SELECT strata.end_login('{{name}}');`];

const RENEW_STATEMENTS = [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`];

/**
 * Logins on the products' Postgres servers that are made when they are asked for and taken back when their time is over.
 *
 * @returns the roles by the secret's name
 */
export function databaseLogins(
    context: VaultContext,
    mounted: ReadonlyMap<string, vault.Mount>,
    policy: vault.Policy,
): ReadonlyMap<string, pulumi.Resource> {
    const built = new Map<string, pulumi.Resource>();
    const secrets = context.secrets.filter(({ engine }) => engine === "database");
    for (const server of context.servers) {
        const { databases } = context.platform.services.find(({ name }) => name === server.name)!;
        // The declaration has a database's name without the environment, and so has its role.
        const roles = secrets.filter(
            ({ owner, path }) => owner === server.product && databases.some(({ role }) => role === databaseRole(path)),
        );
        const [first] = roles;
        if (first === undefined) {
            continue;
        }
        const connection = connect(
            context,
            server,
            mounted.get(mountOf(first))!,
            roles.map(({ path }) => path),
            policy,
        );
        for (const secret of roles) {
            const role = new vault.database.SecretBackendRole(
                placeOf(secret),
                {
                    backend: mounted.get(mountOf(secret))!.path,
                    name: secret.path,
                    dbName: connection.name,
                    creationStatements: creationStatements(databaseRole(secret.path)),
                    revocationStatements: REVOCATION_STATEMENTS,
                    renewStatements: RENEW_STATEMENTS,
                    defaultTtl: context.credentialTtl,
                    maxTtl: context.credentialTtl * RENEWALS,
                },
                { ...inMount(context, mounted.get(mountOf(secret))!, [policy]), ...formerlyNamed(secret) },
            );
            built.set(secret.name, role);
        }
    }
    return built;
}

function connect(
    context: VaultContext,
    { name, postgres }: ManagedServer,
    mounted: vault.Mount,
    allowedRoles: string[],
    policy: vault.Policy,
): vault.database.SecretBackendConnection {
    const { manager } = postgres;
    if (manager === undefined) {
        throw new Error(`${name} has no login for Vault`);
    }
    return new vault.database.SecretBackendConnection(
        `vault-${name}-connection`,
        {
            backend: mounted.path,
            name,
            pluginName: "postgresql-database-plugin",
            allowedRoles,
            verifyConnection: true,
            postgresql: {
                // Server and Vault are alone in the zone between them, and the password crosses it as SCRAM does.
                connectionUrl: `postgresql://{{username}}:{{password}}@${name}:5432/postgres?sslmode=disable`,
                username: manager.role,
                password: manager.password,
                passwordAuthentication: "scram-sha-256",
                maxOpenConnections: 4,
                maxIdleConnections: 1,
                maxConnectionLifetime: 300,
                disableEscaping: false,
                usernameTemplate: `{{ printf "v-%s-%s-%s" (.RoleName | truncate 20) (random 20) (unix_time) | truncate 63 }}`,
            },
        },
        inMount(context, mounted, [policy, postgres.databases]),
    );
}
