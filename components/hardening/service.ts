import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { isAtLeast, START_INTERVAL_API } from "../../model/engine-api";
import { type Instance, instancesOf, replicasOf } from "../../model/instances";
import { containerLabels, containerName, LABEL } from "../../model/names";
import { nameServersOf } from "../../model/name-servers";
import type { Platform, Service as ServiceModel } from "../../model/platform";
import type { Deployment } from "./deployment";
import { dockerLabels } from "./labels";
import { FILES, filesHash, type ServiceFile } from "./files";
import { dataOwner, dataVolume, filesVolume, REPLACE_ON_CHANGE } from "./service-volumes";
import { cpuCount, goDuration } from "./units";

/** A volume that another component declares. */
export interface SharedVolume {
    readonly volume: docker.Volume;
    /** Path in the container. */
    readonly target: string;
    readonly readOnly: boolean;
}

/** Inputs for {@link Service}. */
export interface ServiceArgs {
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
    /** Path of the volume that holds the service's data. It survives the container. @default - no data */
    readonly data?: string;
    /**
     * Set when the image has no directory at {@link data}: a one-shot container then gives the volume to the user. If the
     * image had the directory, the engine would give an empty volume the directory's owner at each mount.
     * @default false
     */
    readonly ownsData?: boolean;
    /** Volumes that this service shares with the service beside it. @default none */
    readonly shared?: readonly SharedVolume[];
    /** Resources that must exist before this service starts, besides the services in the model. @default nothing */
    readonly dependsOn?: readonly pulumi.Resource[];
    /** Writable memory file systems by path, in MiB. @default `/tmp`, 64 */
    readonly tmpfs?: Readonly<Record<string, number>>;
    /** Longest wait for the first healthy answer, in seconds. @default 180 */
    readonly waitTimeout?: number;
    /** Seconds between SIGTERM and SIGKILL. @default 10 */
    readonly stopTimeout?: number;
    /** Size of `/dev/shm` in MiB. @default 64 */
    readonly sharedMemory?: number;
}

/**
 * The hardened service: everything that strata runs is one. No process is root, has a capability, writes to its image or
 * grows without limit. A service counts as started once it is healthy.
 */
export class Service extends pulumi.ComponentResource {
    /** The container; of several, the first, which is created last. Depend on it to wait until the service is healthy. */
    public readonly container: docker.Container;
    /** The volume with the service's data, if it has any. */
    public readonly data: docker.Volume | undefined;

    constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        // The inputs stay empty: the state already contains the model, as the flow plan's inputs.
        super("strata:lib:Service", name, {}, opts);

        const { deployment, service, files = [], tmpfs = { "/tmp": 64 }, waitTimeout = 180, stopTimeout = 10 } = args;
        const environment = deployment.platform.environment;
        const image = deployment.image(service.image);
        const user = args.user ?? userOf(deployment.platform, service.name);

        const mounts: docker.types.input.ContainerMount[] = [];
        const dependencies = [...deployment.register.of(service.startsAfter), ...(args.dependsOn ?? [])];
        if (args.data !== undefined) {
            this.data = dataVolume(`${name}-data`, deployment, service, this);
            mounts.push({ type: "volume", source: this.data.name, target: args.data, readOnly: false });
            if (args.ownsData) {
                dependencies.push(dataOwner(name, deployment, service, user, mounts[0]!, this));
            }
        }
        if (files.length > 0) {
            const { volume, writer } = filesVolume(name, deployment, service, files, this);
            mounts.push({ type: "volume", source: volume.name, target: FILES, readOnly: true });
            dependencies.push(writer);
        }

        for (const { volume, target, readOnly } of args.shared ?? []) {
            mounts.push({ type: "volume", source: volume.name, target, readOnly });
        }

        const networks = service.zones.map((zone) => {
            const network = deployment.zones[zone];
            if (network === undefined) {
                throw new pulumi.ResourceError(`${service.name}: zone ${zone} has no network`, this);
            }
            return { network, aliases: [...service.aliases, ...(service.zoneAliases?.[zone] ?? [])] };
        });
        const { limits, healthCheck } = service;
        const nameServers = nameServersOf(deployment.platform, service);
        // The kernel counts processes for the user, and all instances have the same user.
        const processes = limits.processes * replicasOf(service);
        const make = ({ replica, name: instance }: Instance, before: readonly docker.Container[]): docker.Container =>
            new docker.Container(
                replica === 1 ? `${name}-container` : `${name}-container-${replica}`,
                {
                    name: containerName(environment, instance),
                    image,
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
                    tmpfs: Object.fromEntries(
                        Object.entries(tmpfs).map(([path, size]) => [path, tmpfsOptions(size, user)]),
                    ),
                    mounts,
                    init: true,
                    // A container in several zones must not forward packets between them; engines switch forwarding on.
                    sysctls: { "net.ipv4.ip_forward": "0" },
                    // `networkMode` is the network on which the container is created; the default would be the default
                    // bridge.
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
                    wait: true,
                    waitTimeout,
                    // With `unless-stopped`, the container would stay down after an engine restart that followed a failed
                    // start.
                    restart: "always",
                    maxRetryCount: 0,
                    destroyGraceSeconds: stopTimeout,
                    ...(service.instances && { stopTimeout }),
                    logDriver: "json-file",
                    logOpts: { "max-size": "10m", "max-file": "3" },
                    labels: [
                        ...dockerLabels(containerLabels(environment, service, replica)),
                        ...(files.length > 0 ? [{ label: LABEL.files, value: filesHash(files) }] : []),
                    ],
                },
                {
                    parent: this,
                    dependsOn: [...dependencies, ...before],
                    replaceOnChanges: REPLACE_ON_CHANGE,
                    deleteBeforeReplace: true,
                },
            );
        // From the last to the first, so that an additional instance exists before the others are replaced. Each instance
        // waits for the one before: a replacement goes on once that instance is healthy, and stops at an unhealthy one.
        const containers = instancesOf(service)
            .reverse()
            .reduce<docker.Container[]>((made, instance) => [...made, make(instance, made.slice(-1))], []);
        this.container = containers.at(-1)!;
        deployment.register.set(service.name, this.container);
        this.registerOutputs({});
    }
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
