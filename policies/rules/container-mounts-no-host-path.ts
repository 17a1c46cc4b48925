import { posix } from "node:path";

import { CONTAINER } from "../lib/docker";
import type { Properties } from "../lib/properties";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Paths that lead to the engine's socket, its data or the host's own state, with everything below and above them. */
const CONTROL = [
    "/run",
    "/var/run",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/etc",
    "/proc",
    "/sys",
    "/dev",
    "/boot",
    "/root",
];

/**
 * The engine's socket gives root rights on the host, even when it is mounted read-only, and so do most other paths (CIS Docker 5.6,
 * 5.32). Nothing in a stack needs the host's file system: data and configuration are in volumes.
 */
export const containerMountsNoHostPath = resourceRule({
    name: "container-mounts-no-host-path",
    description: "Containers mount volumes: no path of the host, and never the engine's socket.",
    severity: "critical",
    types: [CONTAINER],
    waivable: false,
    clauses: [mounts, volumes],
});

function* mounts({ properties }: Subject): Iterable<string> {
    for (const mount of properties.objects("mounts")) {
        const type = mount.text("type");
        if (type !== "volume" && type !== "tmpfs") {
            yield hostPath(mount.text("source"));
        } else if (boundDevice(mount.object("volumeOptions"))) {
            yield "it mounts a device or path of the host in the guise of a volume; remove `volumeOptions.driverOptions`";
        }
    }
}

function* volumes({ properties }: Subject): Iterable<string> {
    for (const volume of properties.objects("volumes")) {
        if (volume.has("hostPath") && volume.text("hostPath") !== "") {
            yield hostPath(volume.text("hostPath"));
        }
        if (volume.has("fromContainer") && volume.text("fromContainer") !== "") {
            yield "it mounts whatever another container does; name its own volumes in `mounts`";
        }
    }
}

function hostPath(source: string | undefined): string {
    const path = posix.resolve("/", source ?? "");
    const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
    const control = path === "/" || CONTROL.some((other) => within(path, other) || within(other, path));
    return control
        ? "it mounts a path of the host that gives control over the engine; remove the mount"
        : "it mounts a path of the host; use a volume";
}

function boundDevice(options: Properties | undefined): boolean {
    return options?.object("driverOptions")?.has("device") ?? false;
}
