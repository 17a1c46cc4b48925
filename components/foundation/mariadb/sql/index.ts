import type { ServedDatabase } from "../../databases";
import { SERVER } from "./010-server";
import { databaseSql } from "./020-database";
import { managerSql } from "./030-manager";
import { FORGOTTEN } from "./040-forgotten";

export { ROOT } from "./010-server";

/**
 * The script that brings a server to its declared databases, users and grants, whatever state it is in. `mariadb` runs it
 * as root.
 *
 * @param passwords - one for each database's user, in the same order
 * @param managerPassword - of the login for Vault; without it the server gets none
 */
export function databaseScript(
    databases: readonly ServedDatabase[],
    passwords: readonly string[],
    managerPassword?: string,
): string {
    return [
        SERVER,
        ...databases.map((database, index) => databaseSql(database, passwords[index]!)),
        ...(managerPassword === undefined ? [] : [managerSql(managerPassword), FORGOTTEN]),
    ].join("");
}
