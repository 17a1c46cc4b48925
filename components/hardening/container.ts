/** The one hardened container: everything that the container of a service and that of a job have in common. */

import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { isAtLeast, START_INTERVAL_API } from "../../model/engine-api";
import { type Instance, replicasOf } from "../../model/instances";
import { containerLabels, containerName, LABEL } from "../../model/names";
import { nameServersOf } from "../../model/name-servers";
import type { Platform, Service as ServiceModel } from "../../model/platform";
import { runsOf } from "../../model/runs";
import type { Deployment } from "./deployment";
import { FILES, filesHash, type ServiceFile } from "./files";
import { dockerLabels } from "./labels";
import { filesVolume, REPLACE_ON_CHANGE } from "./service-volumes";
import { cpuCount, goDuration } from "./units";

/** A volume that another component declares. */
export interface SharedVolume {
    readonly volume: docker.Volume;
    /** Path in the container. */
    readonly target: string;
    readonly readOnly: boolean;
}

/** Inputs for the hardened container of a service or a job. */
export interface HardenedArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    /** Numeric `uid:gid` of the process. Never 0. @default - the service's user in the platform */
    readonly user?: string;
    /** Replaces the image's entry point. @default - the image's own */
    readonly entrypoint?: readonly string[];
    /** Arguments of the entry point. Never secret. @default - the image's own */
    readonly command?: readonly string[];
    /** Plain settings besides the model's. Never secret. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Configuration and secrets, below `/etc/strata`. @default none */
    readonly files?: readonly ServiceFile[];
    /** Volumes that this service shares with the service beside it. @default none */
    readonly shared?: readonly SharedVolume[];
    /** Resources that must exist before this service starts, besides the services in the model. @default nothing */
    readonly dependsOn?: readonly pulumi.Resource[];
    /** Writable memory file systems by path, in MiB. @default `/tmp`, 64 */
    readonly tmpfs?: Readonly<Record<string, number>>;
    /** Longest wait for the first healthy answer, in seconds. Nothing waits for the health of a job. @default 180 */
    readonly waitTimeout?: number;
    /** Seconds between SIGTERM and SIGKILL. @default 10 */
    readonly stopTimeout?: number;
    /** Size of `/dev/shm` in MiB. @default 64 */
    readonly sharedMemory?: number;
}

/** What a container mounts, and what must exist before it. */
export interface Surroundings {
    readonly mounts: docker.types.input.ContainerMount[];
    readonly dependencies: pulumi.Resource[];
}

/** Options of every hardened container. */
export const CONTAINER_OPTIONS = {
    replaceOnChanges: REPLACE_ON_CHANGE,
    deleteBeforeReplace: true,
} satisfies pulumi.CustomResourceOptions;

/** Adds the volume with the files, and the volumes of other components. */
export function surround(name: string, args: HardenedArgs, parent: pulumi.Resource, around: Surroundings): void {
    const { deployment, service, files = [] } = args;
    if (files.length > 0) {
        const { volume, writer } = filesVolume(name, deployment, service, files, parent);
        around.mounts.push({ type: "volume", source: volume.name, target: FILES, readOnly: true });
        around.dependencies.push(writer);
    }
    for (const { volume, target, readOnly } of args.shared ?? []) {
        around.mounts.push({ type: "volume", source: volume.name, target, readOnly });
    }
}

/** Settings of a container that ends: the command of its job starts it (`job.ts`). */
const ENDS = { start: false, mustRun: false, restart: "no" } satisfies Partial<docker.ContainerArgs>;

/**
 * Inputs of the container. No process is root, has a capability, writes to its image or grows without limit.
 *
 * @param parent - the component, for messages
 */
export function hardenedContainer(
    args: HardenedArgs,
    { replica, name: instance }: Instance,
    mounts: docker.types.input.ContainerMount[],
    parent: pulumi.Resource,
): docker.ContainerArgs {
    const { deployment, service, files = [], tmpfs = { "/tmp": 64 }, stopTimeout = 10, waitTimeout = 180 } = args;
    const { environment, services } = deployment.platform;
    const runs = runsOf(service, services);
    const user = args.user ?? userOf(deployment.platform, service.name);
    const networks = service.zones.map((zone) => {
        const network = deployment.zones[zone];
        if (network === undefined) {
            throw new pulumi.ResourceError(`${service.name}: zone ${zone} has no network`, parent);
        }
        return { network, aliases: [...service.aliases, ...(service.zoneAliases?.[zone] ?? [])] };
    });
    const { limits, healthCheck } = service;
    const nameServers = nameServersOf(deployment.platform, service);
    // The kernel counts processes for the user, and all instances have the same user.
    const processes = limits.processes * replicasOf(service);
    return {
        name: containerName(environment, instance),
        image: deployment.image(service.image),
        ...(args.entrypoint && { entrypoints: [...args.entrypoint] }),
        ...(args.command && { command: [...args.command] }),
        envs: Object.entries({ ...service.environment, ...args.environment })
            .map(([key, value]) => `${key}=${value}`)
            .sort(),
        hostname: instance,
        ...(nameServers && { dns: nameServers }),
        user,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        privileged: false,
        readOnly: true,
        tmpfs: Object.fromEntries(Object.entries(tmpfs).map(([path, size]) => [path, tmpfsOptions(size, user)])),
        mounts,
        init: true,
        // A container in several zones must not forward packets between them; engines switch forwarding on.
        sysctls: { "net.ipv4.ip_forward": "0" },
        // `networkMode` is the network on which the container is created; the default would be the default bridge.
        networkMode: networks[0]!.network.name,
        networksAdvanced: networks.map(({ network, aliases }) => ({ name: network.name, aliases })),
        ports: service.published.map((port) => ({
            internal: port.internal,
            external: port.external,
            ip: port.address,
            protocol: "tcp",
        })),
        memory: limits.memoryMiB,
        memorySwap: limits.memoryMiB,
        shmSize: args.sharedMemory ?? 64,
        cpus: cpuCount(limits.cpus),
        cpuShares: 1024,
        ulimits: [
            { name: "nofile", soft: 16384, hard: 16384 },
            { name: "nproc", soft: processes, hard: processes },
        ],
        healthcheck: {
            tests: [...healthCheck.test],
            interval: goDuration(healthCheck.interval),
            timeout: goDuration(healthCheck.timeout),
            startPeriod: goDuration(healthCheck.startPeriod),
            ...(isAtLeast(deployment.engineApi, START_INTERVAL_API) && { startInterval: goDuration(1) }),
            retries: healthCheck.retries,
        },
        // With `unless-stopped`, the container would stay down after an engine restart that followed a failed start.
        ...(runs === undefined ? { wait: true, waitTimeout, restart: "always" } : ENDS),
        maxRetryCount: 0,
        destroyGraceSeconds: stopTimeout,
        ...(service.instances && { stopTimeout }),
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        labels: [
            ...dockerLabels(containerLabels(environment, service, replica)),
            ...(runs === undefined ? [] : [{ label: LABEL.runs, value: runs }]),
            ...(files.length > 0 ? [{ label: LABEL.files, value: filesHash(files) }] : []),
        ],
    };
}

/**
 * @returns `uid:gid` of a service
 * @throws for a kind that runs as the user of its image
 */
export function userOf({ users = {} }: Platform, service: string): string {
    const user = users[service];
    if (user === undefined) {
        throw new Error(`${service}: the platform has no user for it; its component has to name the image's own`);
    }
    return `${user}:${user}`;
}

function tmpfsOptions(sizeMiB: number, user: string): string {
    const [uid, gid] = user.split(":");
    return `rw,noexec,nosuid,nodev,size=${sizeMiB}m,mode=0700,uid=${uid},gid=${gid}`;
}
