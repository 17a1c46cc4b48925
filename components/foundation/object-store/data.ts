/**
 * Where a server keeps its data, and how strata reads the data's number. `start.sh` writes the number into a text file of
 * the volume, which can be read without a login and while no server runs.
 */

import type { DataNumber, NumberedData, Printed } from "../../kind";

/** Paths in the container. */
export const OBJECT_DATA = {
    /** Where the volume is mounted. */
    volume: "/objects",
    /** Folder with one folder for each bucket. */
    buckets: "/objects/buckets",
    /** File with the number. */
    identity: "/objects/identity",
} as const;

export const NUMBERED: NumberedData = {
    component: "strata:foundation:ObjectStore",
    volume: OBJECT_DATA.volume,
    command: ["cat", OBJECT_DATA.identity],
    read: readNumber,
};

function readNumber({ code, stdout, stderr }: Printed): DataNumber {
    if (code === 0) return /^[0-9a-f-]{36}$/m.exec(stdout)?.[0] ?? "";
    if (/identity'?: No such file or directory/.test(stderr)) return "";
    return { unsure: stderr.trim().split("\n").at(-1) || `cat ended with ${code}` };
}
