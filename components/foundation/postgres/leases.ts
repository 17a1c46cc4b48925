/** How Vault creates and ends logins on a Postgres server. */

import type { Leases } from "../../kind";
import { isMigrationsRole } from "./names";

export const LEASES: Leases = {
    plugin: "postgresql-database-plugin",
    block: "postgresql",
    options: {
        passwordAuthentication: "scram-sha-256",
        disableEscaping: false,
        usernameTemplate: `{{ printf "v-%s-%s-%s" (.RoleName | truncate 20) (random 20) (unix_time) | truncate 63 }}`,
    },
    // Server and Vault are alone in the zone between them, and SCRAM protects the password on the way.
    connectionUrl: (host, port) => `postgresql://{{username}}:{{password}}@${host}:${port}/postgres?sslmode=disable`,
    /**
     * Creates a login that is a member of the application's role and has no other rights. If Vault fails to end it,
     * Postgres refuses it after its time. The login cannot become the role (`SET FALSE`): a role may change its own
     * password, and that password would outlive the login.
     *
     * A login for migrations acts as the database's owner from its first statement on. So the owner owns what it creates, and
     * nothing that it creates goes with it. The owner itself has no login.
     */
    creation: (role) => [
        `CREATE ROLE "{{name}}" LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 32 PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
        `GRANT "${role}" TO "{{name}}" WITH INHERIT TRUE, SET FALSE;`,
        ...(isMigrationsRole(role) ? [`SELECT strata.begin_migrations('{{name}}', '${role}');`] : []),
    ],
    renewal: [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`],
    // A function that works whatever the login has done: see `sql/030-manager.ts`.
    revocation: [`SELECT strata.end_login('{{name}}');`],
};
