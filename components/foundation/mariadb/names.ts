/**
 * Names on a MariaDB server besides those of `../databases.ts`. With at most 40 characters from a product and 20 from a stack, all fit:
 * databases may have 64, users and roles 80.
 *
 * @see https://mariadb.com/docs/server/reference/sql-structure/sql-language-structure/identifier-names
 */

/** Beginning of the names of leased logins. No other user of a server has a dash in its name. */
export const LEASED = "v-";

/**
 * Role with the rights on a database: its members are the user of the database's clients, and leased logins. For example
 * `wpcs_clients`.
 *
 * @param user - see `databaseUser`
 */
export function clientRole(user: string): string {
    return `${user}_clients`;
}

/** Names that a server has already, or reads as something else. Upstream's image creates `healthcheck`. */
export const RESERVED = {
    by: "MariaDB",
    databases: ["mysql", "information_schema", "performance_schema", "sys", "strata"],
    users: ["root", "mysql", "mariadb.sys", "healthcheck", "public", "none", "current_role", "current_user"],
} as const;
