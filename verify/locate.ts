/** Asks the engine's machine which places on its file systems paths lead to. */

import { type Docker, isMute } from "../engine/client";
import { PROBE_PATIENCE } from "../engine/probe";
import { LABEL, PROBE_ROLE } from "../model/names";
import type { Located, Places } from "./places";

export interface LocateOptions {
    /** Reference of the image made from `offline/images/probe`. */
    readonly image: string;
}

/** Number of paths that one container of the probe follows. */
const AT_ONCE = 100;

/**
 * Follows paths as the engine does for a container that mounts them. The probe mounts each path read-only, without a network and as a
 * user that may read nothing, and reports the kernel's name for the path.
 */
export async function locate(docker: Docker, paths: Iterable<string>, options: LocateOptions): Promise<Places> {
    const all = [...new Set(paths)].filter((path) => path.startsWith("/"));
    const found = new Map<string, Located>();
    for (let at = 0; at < all.length; at += AT_ONCE) await follow(docker, all.slice(at, at + AT_ONCE), options, found);
    return found;
}

/** Follows paths in one container. A path that cannot be mounted keeps it from starting: the list is halved until that path is alone. */
async function follow(
    docker: Docker,
    paths: readonly string[],
    options: LocateOptions,
    found: Map<string, Located>,
): Promise<void> {
    const asked = await docker(probeArguments(paths, options), PROBE_PATIENCE);
    const answers = asked.code > 2 ? new Map<number, Located>() : readLocated(asked.stdout);
    answers.forEach((answer, number) => paths[number] !== undefined && found.set(paths[number], answer));
    if (answers.size > 0 || paths.length === 1 || isMute(asked)) return;
    const half = Math.ceil(paths.length / 2);
    await follow(docker, paths.slice(0, half), options, found);
    await follow(docker, paths.slice(half), options, found);
}

function probeArguments(paths: readonly string[], { image }: LocateOptions): string[] {
    return [
        ...["run", "--rm", "--network=none", "--pull=never", "--log-driver=none", "--memory=64m"],
        ...["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only", "--user=65532:65532"],
        // Without the environment's label: an `up` or `down` at the same time would not know this container.
        `--label=${LABEL.role}=${PROBE_ROLE}`,
        ...paths.map(
            (path, number) => `--mount=type=bind,${field(`source=${path}`)},target=${target(number)},readonly`,
        ),
        ...[image, "mounts"],
        ...paths.map((_, number) => target(number)),
    ];
}

function target(number: number): string {
    return `/m/${number}`;
}

/** Quotes a field of the comma-separated values that the docker client reads. */
function field(text: string): string {
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Reads the probe's lines, by number of the path. A path without places was not followed, and is left out. */
function readLocated(text: string): Map<number, Located> {
    const answers = new Map<number, Located>();
    for (const line of text.split("\n")) {
        try {
            const { path, kind, places } = JSON.parse(line) as Located & { path: string };
            if (places.length > 0) answers.set(Number(path.slice(target(0).length - 1)), { kind, places });
        } catch {
            continue;
        }
    }
    return answers;
}
