import { IDENTITY } from "../data";

/**
 * What the server does at each start, before it lets anybody in: its root has no password and is reached over the socket only, by the
 * user that the server runs as. So it is whatever a restored volume or a person says of it. One statement a line, as `init_file` has it.
 *
 * A password stays possible (`invalid` is none): upstream's image sets one for the short time in which it makes the system's tables.
 *
 * @see https://mariadb.com/docs/server/server-management/variables-and-modes/server-system-variables#init_file
 * @see https://mariadb.com/docs/server/reference/plugins/authentication-plugins/authentication-plugin-unix-socket
 */
export const ROOT = `DROP USER IF EXISTS root@'%', root@'127.0.0.1', root@'::1';
CREATE USER IF NOT EXISTS root@localhost;
ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket AS 'mysql';
GRANT ALL PRIVILEGES ON *.* TO root@localhost WITH GRANT OPTION;
`;

/** What a server gets once, before its databases. It prints the number that its data is given when it is new: see `data.ts`. */
export const SERVER = `
CREATE DATABASE IF NOT EXISTS ${IDENTITY.database};
CREATE TABLE IF NOT EXISTS ${IDENTITY.database}.${IDENTITY.table} (number CHAR(36) NOT NULL) ENGINE = CSV;
INSERT INTO ${IDENTITY.database}.${IDENTITY.table}
SELECT UUID() FROM DUAL WHERE NOT EXISTS (SELECT * FROM ${IDENTITY.database}.${IDENTITY.table});
FLUSH TABLES ${IDENTITY.database}.${IDENTITY.table};
SELECT CONCAT('identity=', number) FROM ${IDENTITY.database}.${IDENTITY.table};
`;
