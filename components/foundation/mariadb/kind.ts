/** MariaDB: databases with one user each. Clients may change tables and own nothing. */

import { z } from "zod";

import { common, serviceNames } from "../../../model/declaration";
import { DATABASE_NAME } from "../../../model/grammar";
import type { Declared } from "../../../model/schema/declared";
import { text } from "../../../model/schema/leaves";
import type { Store } from "../../kind";
import { databaseClaims, databaseStore, servedDatabase, type ServedDatabase } from "../databases";
import { NUMBERED } from "./data";
import { LEASES } from "./leases";
import { clientRole, RESERVED } from "./names";

const database = z.strictObject(
    {
        /** Services that log in to it. */
        clients: serviceNames,
    },
    { error: "{ clients }" },
);

const declaration = common.extend({
    kind: z.literal("mariadb"),
    /** Databases by name; the environment's name is appended (`wpcs` becomes `wpcs_staging`). */
    databases: z.record(text(DATABASE_NAME), database, { error: "a map from name to database" }),
});

/** A MariaDB server of a product, as its author writes it. */
export type MariadbDeclaration = Declared<typeof declaration>;

/** The fields of a MariaDB server besides those of all services. */
export interface MariadbSpec {
    readonly databases: readonly ServedDatabase[];
}

export const MARIADB_PORT = 3306;

/**
 * Health check over the socket, as the user that the container runs as. A server that listens on the socket only is still
 * being set up.
 */
const LISTENS = "mariadb --user=root --batch --skip-column-names --execute='SELECT @@skip_networking' | grep -qx 0";

export const mariadb: Store<MariadbSpec, MariadbDeclaration> = {
    role: "store",
    image: "mariadb",
    ports: { sql: MARIADB_PORT },
    limits: { memoryMiB: 512, cpus: 1, processes: 4096 },
    // The server's root is the system's user `mysql`, which the server looks up by name.
    keepsImageUser: true,
    // The minute is for the first start, which creates the system's tables.
    probe: () => ({ test: ["CMD-SHELL", LISTENS], startPeriod: 60 }),
    claims: (service, claim) =>
        databaseClaims(service, service.spec.databases, RESERVED, ({ user }) => [clientRole(user)], claim),
    declared: {
        schema: declaration,
        resolve: ({ databases }, place, _stack, environment) => ({
            image: "mariadb",
            ports: { sql: MARIADB_PORT },
            environment: {},
            spec: {
                // A database stays when a stack leaves out all of its clients: removing a line of configuration must not
                // delete data.
                databases: Object.entries(databases).map(([name, database]) =>
                    servedDatabase(name, database, place, environment),
                ),
            },
        }),
    },
    store: {
        ...databaseStore("mariadb", MARIADB_PORT, ({ databases }) => databases),
        // Drivers know the scheme `mysql`; few know `mariadb`.
        fileText: ({ host, port, database, user, password }) =>
            `mysql://${user}:${password}@${host}:${port}/${database}`,
        leases: LEASES,
    },
    numberedData: NUMBERED,
};
