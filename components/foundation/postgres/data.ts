/** How strata reads a cluster's number: `pg_controldata` reads a file of the cluster, even while the server writes. */

import type { DataNumber, NumberedData, Printed } from "../../kind";

/** Where a server keeps its data. */
export const POSTGRES_DATA = {
    /** Where the volume is mounted. */
    volume: "/var/lib/postgresql/data",
    /** Folder of the cluster. */
    cluster: "/var/lib/postgresql/data/pgdata",
} as const;

export const NUMBERED: NumberedData = {
    component: "strata:foundation:Postgres",
    volume: POSTGRES_DATA.volume,
    command: ["pg_controldata", POSTGRES_DATA.cluster],
    read: readCluster,
};

/** @see https://www.postgresql.org/docs/17/app-pgcontroldata.html */
export function readCluster({ code, stdout, stderr }: Printed): DataNumber {
    const number = /^Database system identifier: +(\d+)$/m.exec(stdout)?.[1];
    if (code === 0 && number !== undefined) return number;
    if (/pg_control".*No such file or directory/.test(stderr)) return "";
    return { unsure: (stderr.trim() || stdout.trim()).split("\n").at(-1) || `pg_controldata ended with ${code}` };
}
