/** How the job brings the databases to the schema of the server's version. Pure. */

import type { StoreCredential } from "../../foundation";
import { TEMPORAL_DATABASES, type TemporalDatabaseName } from "../databases";

/** Where to log in. */
export type DatabaseLogin = Pick<StoreCredential, "server" | "port" | "database" | "user">;

/**
 * A script for `sh`. Both steps leave alone what is there already, and go on after a run that was cut off.
 *
 * @see https://docs.temporal.io/self-hosted-guide/upgrade-server
 */
export function schemaScript(logins: Readonly<Record<TemporalDatabaseName, DatabaseLogin>>): string {
    const lines = (Object.keys(TEMPORAL_DATABASES) as TemporalDatabaseName[]).flatMap((name) => {
        const { server, port, user, database } = logins[name];
        const tool =
            `temporal-sql-tool --plugin postgres12_pgx --endpoint ${server} --port ${port}` +
            ` --user ${user} --database ${database}`;
        return [
            `${tool} setup-schema --version 0.0`,
            `${tool} update-schema --schema-name ${TEMPORAL_DATABASES[name].schema}`,
        ];
    });
    return ["set -eu", ...lines, ""].join("\n");
}

/**
 * Passwords in the form that Postgres' clients read (`PGPASSFILE`).
 *
 * @see https://www.postgresql.org/docs/17/libpq-pgpass.html
 */
export function passwordFile(logins: readonly (DatabaseLogin & { readonly password: string })[]): string {
    return logins
        .map(({ server, port, database, user, password }) => `${[server, port, database, user, password].join(":")}\n`)
        .join("");
}
