/** Rights by which a container reaches every file of the engine's machine without mounting it. Pure. */

import type { LiveMounts, Rights } from "../engine/mounts";
import { contains, type Located, overlap, type Places } from "./places";

/**
 * Capabilities with which a process reads files outside its own file system: by mounting, kernel modules, file handles, raw devices,
 * or the kernel's memory.
 *
 * @see https://man7.org/linux/man-pages/man7/capabilities.7.html
 */
const CAPABILITIES = ["ALL", "SYS_ADMIN", "SYS_MODULE", "DAC_READ_SEARCH", "SYS_RAWIO", "BPF", "PERFMON"];

/** Device rules for character devices other than memory, SCSI, flash memory and raw disks. https://www.kernel.org/doc/Documentation/admin-guide/devices.txt */
const HARMLESS_RULE = /^c (?!(?:1|21|90|162):)\d+:/;

/** Character devices that pass commands to disks: generic SCSI and NVMe, flash memory, raw disks. */
const RAW_DISK = /\/(?:sg|ng|nvme|mtd|raw)\d+[^/]*$/;

/** Paths in `/proc` that give control: all of it, a process, or the kernel's settings, which can run a program as root. */
const PROCESSES = /^\/(?:$|\d|sys(?:\/|$))/;

/** Sockets of Docker, containerd and Podman. */
const SOCKETS = [
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/var/run/docker.sock.raw",
    "/run/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/podman/podman.sock",
];

/** Rights that a container's settings give, in words for a person. */
export function powersOf({ Privileged, CapAdd, PidMode, DeviceCgroupRules }: Rights): string[] {
    const capabilities = (CapAdd ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ""));
    const rules = (DeviceCgroupRules ?? []).filter((rule) => !HARMLESS_RULE.test(rule.trim()));
    return [
        ...(Privileged ? ["it is privileged"] : []),
        ...capabilities.filter((name) => CAPABILITIES.includes(name)).map((name) => `it has the capability ${name}`),
        ...(PidMode === "host" ? ["it sees the machine's processes (--pid=host)"] : []),
        ...rules.map((rule) => `it may use devices (${rule})`),
    ];
}

/** Sockets that the engine may listen at. @param engine - its host, for example `unix:///var/run/docker.sock` */
export function socketsOf(engine: string): string[] {
    const own = /^unix:\/\/(\/.+)$/.exec(engine)?.[1];
    return [...new Set([...(own === undefined ? [] : [own]), ...SOCKETS])];
}

/** Rights that a container's mounts and devices give, in words for a person. @param sockets - of the engine */
export function powersByMounts(
    { mounts, devices }: Pick<LiveMounts, "mounts" | "devices">,
    sockets: readonly string[],
    places: Places,
): string[] {
    const given = [...new Set(mounts.map(({ folder }) => folder))];
    return [
        ...given
            .filter((path) => sockets.some((socket) => leadsTo(path, socket, places)))
            .map(byWhat("engine's socket")),
        ...given.filter((path) => hasProcesses(places.get(path))).map(byWhat("machine's processes")),
        ...devices.filter((path) => mayBeDisk(places.get(path))).map(byWhat("device")),
    ];
}

function byWhat(what: string): (path: string) => string {
    return (path) => `it has the ${what} (${path})`;
}

/** Whether a socket is at a path or below it: by the place that the path leads to, or by its name if the place is unknown. */
function leadsTo(path: string, socket: string, places: Places): boolean {
    const found = places.get(path);
    if (found === undefined) return contains(path, socket) || /\/(docker|containerd|podman)\.sock$/.test(path);
    const [place] = places.get(socket)?.places ?? [];
    return place !== undefined && found.places.some((one) => overlap(one, place));
}

/** Whether a device can be a disk or the machine's memory. A device that cannot be followed counts as one. */
function mayBeDisk(found: Located | undefined): boolean {
    return found?.kind !== "device" || found.places.some(({ root }) => RAW_DISK.test(root));
}

/** Whether a place is the machine's `/proc`, which contains the root folder of every process. */
function hasProcesses(found: Located | undefined): boolean {
    return found?.places.some(({ type, root }) => type === "proc" && PROCESSES.test(root)) ?? false;
}
