/**
 * How strata reads the number of a server's data. The databases' script writes it once, into a table of the engine CSV.
 * That table is a text file, which can be read without a login and while no server runs.
 *
 * @see https://mariadb.com/docs/server/server-usage/storage-engines/csv
 */

import type { DataNumber, NumberedData, Printed } from "../../kind";

/** Path of the volume and of the server's data: the default of both images. */
export const MARIADB_DATA = "/var/lib/mysql";

/** Database and table with the number. */
export const IDENTITY = { database: "strata", table: "identity" } as const;

export const NUMBERED: NumberedData = {
    component: "strata:foundation:Mariadb",
    volume: MARIADB_DATA,
    command: ["cat", `${MARIADB_DATA}/${IDENTITY.database}/${IDENTITY.table}.CSV`],
    read: readNumber,
};

function readNumber({ code, stdout, stderr }: Printed): DataNumber {
    const number = /^"([0-9a-f-]{36})"$/m.exec(stdout)?.[1];
    if (code === 0) return number ?? "";
    if (/\.CSV: No such file or directory/.test(stderr)) return "";
    return { unsure: stderr.trim().split("\n").at(-1) || `cat ended with ${code}` };
}
