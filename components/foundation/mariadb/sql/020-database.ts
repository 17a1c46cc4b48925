import type { ServedDatabase } from "../../databases";
import { clientRole } from "../names";

/**
 * Rights of clients in their database. They create their own schema, as WordPress and most programs for MariaDB do. Views,
 * triggers, routines and events are excluded: they would belong to the login that created them, and break when a leased
 * login ends.
 */
const RIGHTS = [
    ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"],
    ...["CREATE TEMPORARY TABLES", "LOCK TABLES"],
].join(", ");

/** Creates a database, the role of its clients and their one login. Can be applied any number of times. */
export function databaseSql({ name, user }: ServedDatabase, password: string): string {
    const login = `${user}@'%'`;
    return `
CREATE DATABASE IF NOT EXISTS ${name};
CREATE ROLE IF NOT EXISTS ${clientRole(user)};
GRANT ${RIGHTS} ON \`${asPattern(name)}\`.* TO ${clientRole(user)};
CREATE USER IF NOT EXISTS ${login} IDENTIFIED BY '${password}';
ALTER USER ${login} IDENTIFIED BY '${password}' PASSWORD EXPIRE NEVER ACCOUNT UNLOCK;
GRANT ${clientRole(user)} TO ${login};
SET DEFAULT ROLE ${clientRole(user)} FOR ${login};
`;
}

/**
 * A database's name as a grant needs it. In a grant, an underscore stands for any letter: \`a_b\` would open \`axb\` as
 * well.
 */
function asPattern(database: string): string {
    return database.replaceAll("_", String.raw`\_`);
}
