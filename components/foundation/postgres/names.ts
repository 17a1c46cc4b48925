/** Names on a Postgres server, all of them made here. Dashes become underscores, so that nobody ever has to quote them. */

/** Login with which Vault makes and removes short-lived clients of a server's databases. */
export const DATABASE_MANAGER = "vault_manager";

/** Longest name: Postgres cuts what is longer. @see https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const LONGEST_NAME = 63;

/** For example `bizosaas_staging`. */
export function databaseName(name: string, environment: string): string {
    return identifier(`${name}_${environment}`);
}

/** Login of a database's clients: the database's own name without the environment, as S1 has it (`psra`). */
export function databaseRole(name: string): string {
    return identifier(name);
}

/**
 * Role that owns a database and its tables; nobody logs in as it. For example `bizosaas_staging_owner`.
 *
 * @param database - name on the server, see {@link databaseName}
 */
export function databaseOwner(database: string): string {
    return `${database}_owner`;
}

function identifier(name: string): string {
    return name.replaceAll("-", "_");
}

/**
 * What a server has, refuses, or reads as something else; `superuser` is the name of the superuser's password.
 *
 * @see https://www.postgresql.org/docs/17/sql-createrole.html
 */
export const RESERVED = {
    databases: ["postgres", "template0", "template1"],
    roles: [
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
