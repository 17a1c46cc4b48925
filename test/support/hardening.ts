/** Finds weaknesses in the promised hardening of running containers. Reads `docker inspect` only, and nothing of the program. */

import { LABEL, RUNS } from "../../model/names";
import type { Inspected } from "./live-engine";

/** The service that may publish ports. */
const EDGE = "edge";

/** One line for each weakness; empty for a hardened container. */
export function weaknessesOf(container: Inspected): string[] {
    const name = container.Name.slice(1);
    const role = container.Config.Labels[LABEL.role];
    const checks = [...common(container), ...(role === undefined ? service(container) : oneShot(container))];
    return checks.filter(([holds]) => !holds).map(([, text]) => `${name}: ${text}`);
}

type Check = readonly [holds: boolean, otherwise: string];

function common({ HostConfig: host, Mounts: mounts }: Inspected): Check[] {
    return [
        [same(host.CapDrop, ["ALL"]), `drops ${list(host.CapDrop)} instead of ALL`],
        [host.SecurityOpt?.includes("no-new-privileges:true") === true, "may gain privileges"],
        [!host.Privileged, "is privileged"],
        [host.PidMode === "" && host.IpcMode !== "host", "shares the machine's processes or memory"],
        [host.NetworkMode !== "host", "shares the machine's network"],
        [(host.Binds ?? []).length === 0, `mounts ${list(host.Binds)} of the machine`],
        [
            !mounts.some(({ Source, Destination }) => `${Source} ${Destination}`.includes("docker.sock")),
            "has the engine's socket",
        ],
        [
            host.Memory > 0 && host.MemorySwap === host.Memory,
            `has ${host.Memory} bytes of memory and ${host.MemorySwap} with swap`,
        ],
        [host.NanoCpus > 0, "has no limit of CPU"],
        [host.LogConfig.Type === "json-file", `logs to ${host.LogConfig.Type}`],
        [["max-size", "max-file"].every((option) => option in host.LogConfig.Config), "does not rotate its log"],
    ];
}

function service({ Config: config, HostConfig: host, Mounts: mounts }: Inspected): Check[] {
    const published = Object.keys(host.PortBindings ?? {});
    const open = Object.entries(host.PortBindings ?? {}).flatMap(([port, bindings]) =>
        bindings
            .filter(({ HostIp }) => HostIp !== "127.0.0.1")
            .map(({ HostIp }) => `${port} on ${HostIp || "all addresses"}`),
    );
    return [
        [isUnprivileged(config.User), `runs as "${config.User}"`],
        [(host.CapAdd ?? []).length === 0, `has ${list(host.CapAdd)}`],
        [host.ReadonlyRootfs, "can write to its image"],
        [!mounts.some(({ Destination, RW }) => Destination.startsWith("/etc") && RW), "can write to its configuration"],
        ...lifetime(config, host),
        [config.Labels[LABEL.service] === EDGE || published.length === 0, `publishes ${published.join(", ")}`],
        // All ports of the tests' stacks are on the loopback address.
        [open.length === 0, `publishes ${open.join(", ")}`],
    ];
}

/** A service is watched and started again. A container that ends is not, and only a job has no health check. */
function lifetime({ Healthcheck, Labels }: Inspected["Config"], host: Inspected["HostConfig"]): Check[] {
    const runs = Labels[LABEL.runs];
    const policy = runs === undefined ? "always" : "no";
    return [
        [runs === RUNS.once || (Healthcheck?.Test ?? []).length > 1, "has no health check"],
        [host.RestartPolicy.Name === policy, `restarts ${host.RestartPolicy.Name}`],
    ];
}

function oneShot({ HostConfig: host }: Inspected): Check[] {
    return [
        [host.NetworkMode === "none", `is in network ${host.NetworkMode}`],
        [host.RestartPolicy.Name === "no" || host.RestartPolicy.Name === "", `restarts ${host.RestartPolicy.Name}`],
    ];
}

function isUnprivileged(user: string): boolean {
    return /^[1-9]\d*:[1-9]\d*$/.test(user);
}

function same(found: readonly string[] | null, wanted: readonly string[]): boolean {
    return JSON.stringify(found ?? []) === JSON.stringify(wanted);
}

function list(values: readonly string[] | null): string {
    return values === null || values.length === 0 ? "nothing" : values.join(", ");
}
