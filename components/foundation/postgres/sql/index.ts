import { DATABASE_MANAGER } from "../../databases";
import { databaseOwner, migrationsRole } from "../names";
import type { Database } from "../kind";
import { DATABASE } from "./010-database";
import { TENANT_ISOLATION } from "./020-tenant-isolation";
import { CREATE_MANAGER, GRANT_ROLE, RELEASE_ENDED, REMOVE_ENDED } from "./030-manager";
import { BEGIN_MIGRATIONS, MIGRATIONS_ROLE } from "./040-migrations";

/** SQL that a server gets once, before its databases. It prints the number that a cluster gets when it is created. */
const SERVER = String.raw`\set ON_ERROR_STOP on
\set QUIET on
SELECT system_identifier AS identity FROM pg_control_system() \gset
\echo identity=:identity
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
`;

/** Lets the role create tables: for programs that bring their own schema, whose database no application shares. */
const MIGRATES = `GRANT CREATE ON SCHEMA public TO :"role";`;

/**
 * The script that brings a server to its declared databases, roles, grants and extensions, whatever state it is in. `psql`
 * runs it as superuser.
 *
 * @param passwords - one for each database's role, in the same order; roles for migrations have none
 * @param managerPassword - of the login for Vault; without it the server gets none
 */
export function databaseScript(
    databases: readonly Database[],
    passwords: readonly string[],
    managerPassword?: string,
): string {
    const parts = databases.map((database, index) =>
        [
            `\\set database ${database.name}`,
            `\\set owner ${databaseOwner(database.name)}`,
            `\\set role ${database.role}`,
            `\\set password ${passwords[index]}`,
            "\\connect postgres",
            DATABASE,
            ...["uuid-ossp", "pgcrypto", ...database.extensions].map(
                (extension) => `CREATE EXTENSION IF NOT EXISTS "${extension}";`,
            ),
            TENANT_ISOLATION,
            ...(database.migrates ? [MIGRATES] : []),
            ...(database.migrations ? [`\\set migrations ${migrationsRole(database.role)}`, MIGRATIONS_ROLE] : []),
        ].join("\n"),
    );
    return [SERVER, ...parts, ...(managerPassword === undefined ? [] : managerScript(databases, managerPassword))].join(
        "\n",
    );
}

function managerScript(databases: readonly Database[], password: string): string[] {
    return [
        "\\connect postgres",
        `\\set manager ${DATABASE_MANAGER}`,
        `\\set password ${password}`,
        CREATE_MANAGER,
        ...(databases.some(({ migrations }) => migrations) ? [BEGIN_MIGRATIONS] : []),
        ...databases
            .flatMap(({ role, migrations }) => [role, ...(migrations ? [migrationsRole(role)] : [])])
            .flatMap((role) => [`\\set role ${role}`, GRANT_ROLE]),
        ...databases.flatMap(({ name }) => [`\\connect ${name}`, RELEASE_ENDED]),
        "\\connect postgres",
        REMOVE_ENDED,
    ];
}
