import { IDENTITY } from "../data";

/**
 * SQL that the server runs at each start, before it accepts logins. It resets root: no password, and access over the socket
 * only, for the user that the server runs as. A restored volume or a person may have changed that. `init_file` takes one
 * statement a line.
 *
 * A password stays possible (`invalid` is none): upstream's image sets one for the short time in which it creates the
 * system's tables.
 *
 * @see https://mariadb.com/docs/server/server-management/variables-and-modes/server-system-variables#init_file
 * @see https://mariadb.com/docs/server/reference/plugins/authentication-plugins/authentication-plugin-unix-socket
 */
export const ROOT = `DROP USER IF EXISTS root@'%', root@'127.0.0.1', root@'::1';
CREATE USER IF NOT EXISTS root@localhost;
ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket AS 'mysql';
GRANT ALL PRIVILEGES ON *.* TO root@localhost WITH GRANT OPTION;
`;

/** SQL that a server gets once, before its databases. It gives new data its number and prints the number: see `data.ts`. */
export const SERVER = `
CREATE DATABASE IF NOT EXISTS ${IDENTITY.database};
CREATE TABLE IF NOT EXISTS ${IDENTITY.database}.${IDENTITY.table} (number CHAR(36) NOT NULL) ENGINE = CSV;
INSERT INTO ${IDENTITY.database}.${IDENTITY.table}
SELECT UUID() FROM DUAL WHERE NOT EXISTS (SELECT * FROM ${IDENTITY.database}.${IDENTITY.table});
FLUSH TABLES ${IDENTITY.database}.${IDENTITY.table};
SELECT CONCAT('identity=', number) FROM ${IDENTITY.database}.${IDENTITY.table};
`;
