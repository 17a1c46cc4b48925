import type * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import { FILES } from "../../hardening/files";
import { DatabaseServer } from "../database-server";
import type { StoreArgs } from "../store";
import { MARIADB_DATA, NUMBERED } from "./data";
import { mariadb } from "./kind";
import { databaseScript, ROOT } from "./sql";

/** Inputs for {@link Mariadb}. */
export interface MariadbArgs extends StoreArgs {
    readonly service: ServiceOf<"mariadb">;
}

const ROOT_FILE = "root.sql";

/**
 * A MariaDB server and its databases. Applications log in as a user of one database. root has no password and cannot log in
 * over the network.
 */
export class Mariadb extends DatabaseServer<ServiceOf<"mariadb">> {
    constructor(name: string, { deployment, service }: MariadbArgs, opts?: pulumi.ComponentResourceOptions) {
        super(
            name,
            {
                deployment,
                service,
                store: mariadb.store,
                numberedData: NUMBERED,
                container: () => ({
                    user: "999:999",
                    // For upstream's image, which would otherwise create a root for the network. No password has this hash.
                    environment: { MARIADB_ROOT_HOST: "localhost", MARIADB_ROOT_PASSWORD_HASH: `*${"0".repeat(40)}` },
                    files: [{ path: ROOT_FILE, content: ROOT }],
                    data: MARIADB_DATA,
                    tmpfs: { "/tmp": 128, "/run/mysqld": 1 },
                    command: ["mariadbd", ...serverOptions(service.limits.memoryMiB)],
                    stopTimeout: 60,
                }),
                client: "mariadb --user=root --batch --skip-column-names",
                script: (passwords, manager) => databaseScript(service.spec.databases, passwords, manager),
            },
            opts,
        );
    }
}

function serverOptions(memoryMiB: number): string[] {
    return [
        `--init-file=${FILES}/${ROOT_FILE}`,
        // Half of the memory: connections, temporary tables in memory and `/tmp` need the rest.
        `--innodb-buffer-pool-size=${Math.floor(memoryMiB / 2)}M`,
        "--skip-name-resolve",
        // Clients do not read local files on the server's request.
        "--local-infile=OFF",
        // Ends logins that Vault has forgotten, see `sql/040-forgotten.ts`.
        "--event-scheduler=ON",
    ];
}
