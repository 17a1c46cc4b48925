/** Reads the facts about this machine that {@link explainSilence} and the set-up need. */

import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";

import { type EngineChoice, socketOf } from "./choice";
import type { Host } from "./silence";

/** Folder in which Docker's packages keep images and volumes. */
const DATA = "/var/lib/docker";

/** Facts about this machine. Starts no program and changes nothing. */
export function readHost(choice: EngineChoice, env: NodeJS.ProcessEnv): Host {
    const socket = socketOf(choice);
    return {
        platform: process.platform,
        isRoot: process.getuid?.() === 0,
        user: userName(),
        hasSocket: socket !== undefined && existsSync(socket),
        hasDaemon: programOnPath("dockerd", env) !== undefined,
        hasServiceManager: existsSync("/run/systemd/system"),
        freeMiB: freeMiB(DATA),
    };
}

/** The first executable file of that name on the PATH; the system folders count even where a user's PATH lacks them. */
export function programOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
    const folders = [...(env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
    return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** MiB that an ordinary user may still write below a folder; `undefined` when that is unknown. */
export function freeMiB(folder: string): number | undefined {
    try {
        const { bavail, bsize } = statfsSync(folder);
        return (bavail * bsize) / 1024 ** 2;
    } catch {
        return undefined;
    }
}

function isExecutable(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

/** Name of the user, or the number of a user without an entry in the list of users, as in some containers. */
function userName(): string {
    try {
        return userInfo().username;
    } catch {
        return `uid ${process.getuid?.() ?? "?"}`;
    }
}
