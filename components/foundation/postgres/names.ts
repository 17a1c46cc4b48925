/** Names on a Postgres server besides those of `../databases.ts`. */

/**
 * Longest name: Postgres cuts longer names.
 * @see https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export const LONGEST_NAME = 63;

/**
 * Role that owns a database and its tables, without a login. For example `bizosaas_staging_owner`.
 *
 * @param database - name on the server, see `databaseName`
 */
export function databaseOwner(database: string): string {
    return `${database}_owner`;
}

const MIGRATIONS = "_migrations";

/** Role through which Vault lets jobs act as a database's owner. For example `bizosaas_migrations`. @param role - of the clients */
export function migrationsRole(role: string): string {
    return `${role}${MIGRATIONS}`;
}

/** Whether a role is one of {@link migrationsRole}: databases' own names do not end like this. */
export function isMigrationsRole(role: string): boolean {
    return role.endsWith(MIGRATIONS);
}

/**
 * Names that a server has already, refuses, or reads as something else; `superuser` is the name of the superuser's
 * password.
 *
 * @see https://www.postgresql.org/docs/17/sql-createrole.html
 */
export const RESERVED = {
    by: "Postgres",
    databases: ["postgres", "template0", "template1"],
    users: [
        "postgres",
        "superuser",
        "pg_*",
        "public",
        "none",
        "all",
        "user",
        "current_user",
        "current_role",
        "session_user",
    ],
} as const;
