/** How a server starts. Pure. */

import { FILES, type ServiceFile } from "../../hardening/files";
import { OBJECT_DATA } from "./data";
import { HEALTH_PATH, OBJECT_STORE_PORT, REGION } from "./kind";

const SCRIPT = "start.sh";

/** Path of the server's file of users, below {@link FILES}. The server gives the file its name. */
const USERS = { folder: "secrets", file: "users.json" } as const;

/**
 * Gives new data its number, and becomes the server. Plain POSIX sh: the images have busybox and nothing else.
 *
 * The server takes the secret of its root user from its environment only. So each start makes another secret, which the
 * script keeps to itself; strata uses a key of the file of users.
 */
export const START_SH = `#!/bin/sh
# usage: start.sh <folder for buckets> <file with the number> <program> [argument...]
set -eu
buckets=$1
identity=$2
shift 2

mkdir -p "$buckets"
if [ ! -s "$identity" ]; then
    cat /proc/sys/kernel/random/uuid > "$identity.new"
    mv "$identity.new" "$identity"
fi
ROOT_ACCESS_KEY=root
ROOT_SECRET_KEY=$(cat /proc/sys/kernel/random/uuid /proc/sys/kernel/random/uuid | tr -d '\\n-')
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec "$@"
`;

/** The part of a container that starts a server. */
export interface ServerStart {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    readonly files: readonly ServiceFile[];
}

/** @param users - text of the file of users */
export function serverStart(users: ServiceFile["content"]): ServerStart {
    return {
        entrypoint: ["/bin/sh", `${FILES}/${SCRIPT}`],
        command: [OBJECT_DATA.buckets, OBJECT_DATA.identity, "/usr/local/bin/versitygw", ...OPTIONS],
        files: [
            { path: SCRIPT, content: START_SH },
            { path: `${USERS.folder}/${USERS.file}`, content: users },
        ],
    };
}

/** @see https://github.com/versity/versitygw/wiki/Global-Options */
const OPTIONS = [
    `--port=:${OBJECT_STORE_PORT}`,
    // Without a port of its own, the interface for administration would be on the public one.
    "--admin-port=127.0.0.1:7071",
    `--health=${HEALTH_PATH}`,
    `--region=${REGION}`,
    `--iam-dir=${FILES}/${USERS.folder}`,
    "--disable-acl",
    // The server's log of requests has whole query strings, and so signatures with which anybody can repeat a request.
    "--quiet",
    "posix",
    OBJECT_DATA.buckets,
];
