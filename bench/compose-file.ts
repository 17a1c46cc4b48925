/** The containers of a running environment as a Compose file: same images, users, limits, networks and health checks. */

import { agentName } from "../components/identity/vault-agent/kind";
import { hasRole } from "../components/kinds";
import { networkName, OWNER_ROLE, ownerName, volumeName } from "../model/names";
import type { Platform } from "../model/platform";
import { docker } from "../test/support/live-engine";

/** The parts of `docker inspect` that the Compose file needs. */
interface Container {
    readonly Image: string;
    readonly Name: string;
    readonly Config: {
        readonly Hostname: string;
        readonly User: string;
        readonly Env: readonly string[];
        readonly Cmd: readonly string[] | null;
        readonly Entrypoint: readonly string[] | null;
        readonly Healthcheck: {
            readonly Test: readonly string[];
            readonly Interval: number;
            readonly Timeout: number;
            readonly StartPeriod: number;
            readonly Retries: number;
        };
    };
    readonly HostConfig: {
        readonly NanoCpus: number;
        readonly Memory: number;
        readonly PortBindings: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>> | null;
        readonly Tmpfs: Readonly<Record<string, string>> | null;
        readonly Ulimits: readonly { Name: string; Soft: number; Hard: number }[];
    };
    readonly Mounts: readonly { Type: string; Name: string; Destination: string; RW: boolean }[];
}

/** A Compose file as plain data, and the volumes to fill before it is used. */
export interface ComposeFile {
    readonly document: object;
    /** Volumes with files: name of Compose's volume by the name of the environment's volume. */
    readonly files: ReadonlyMap<string, string>;
}

const NANOSECONDS = 1e9;

interface ComposeService {
    readonly depends_on: Record<string, object>;
    readonly [key: string]: unknown;
}

/**
 * Makes the Compose file of an environment's running containers. The file has no counterpart of the databases, roles and Vault
 * configuration that strata makes. It also leaves out the agents that log in to Vault: their applications get copies of the rendered
 * files.
 *
 * @param project - name of the Compose project, for its volumes
 */
export async function composeFileOf(platform: Platform, project: string): Promise<ComposeFile> {
    const { environment } = platform;
    const files = new Map<string, string>();
    const services: Record<string, object> = {};
    const volumes: Record<string, object> = {};
    const owners = (await docker(["ps", "--all", "--format", "{{.Names}}"])).split("\n");
    for (const service of platform.services.filter((one) => !hasRole(one, "agent"))) {
        const [container] = JSON.parse(await docker(["inspect", `${environment}-${service.name}`])) as [Container];
        for (const { Name } of container.Mounts.filter(({ Type }) => Type === "volume")) {
            const own = `${project}-${Name}`;
            const filled = /-(config|rendered)$/.test(Name);
            if (filled) files.set(Name, own);
            volumes[Name] = { name: own, ...(filled && { external: true }) };
        }
        const startsAfter = service.startsAfter.filter((name) => name !== agentName(service.name));
        const own = serviceOf(container, { ...service, startsAfter }, environment);
        const data = container.Mounts.find(({ Name }) => Name === volumeName(environment, service.name, "data"));
        if (data && owners.includes(ownerName(environment, service.name))) {
            const owner = `${service.name}-${OWNER_ROLE}`;
            services[owner] = ownerOf(container, data);
            own.depends_on[owner] = { condition: "service_completed_successfully" };
        }
        services[service.name] = own;
    }
    const networks: Record<string, object> = {};
    for (const zone of platform.zones) {
        const [{ Options }] = JSON.parse(await docker(["network", "inspect", networkName(environment, zone.name)])) as [
            { Options: Readonly<Record<string, string>> },
        ];
        networks[zone.name] = {
            internal: zone.internal,
            driver_opts: Options,
            ipam: { config: [{ subnet: zone.subnet, gateway: zone.gateway }] },
        };
    }
    return { document: { name: project, services, networks, volumes }, files };
}

function serviceOf(
    { Image, Config, HostConfig, Mounts }: Container,
    service: Platform["services"][number],
    environment: string,
): ComposeService {
    const seconds = (nanoseconds: number): string => `${nanoseconds / NANOSECONDS}s`;
    const { Healthcheck } = Config;
    return {
        image: Image,
        container_name: `compose-${service.name}`,
        hostname: Config.Hostname,
        user: Config.User,
        entrypoint: Config.Entrypoint ?? undefined,
        command: Config.Cmd ?? undefined,
        environment: Config.Env,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        read_only: true,
        init: true,
        sysctls: { "net.ipv4.ip_forward": "0" },
        tmpfs: Object.entries(HostConfig.Tmpfs ?? {}).map(([path, options]) => `${path}:${options}`),
        volumes: Mounts.filter(({ Type }) => Type === "volume").map(({ Name, Destination, RW }) => ({
            type: "volume",
            source: Name,
            target: Destination,
            read_only: !RW,
        })),
        networks: Object.fromEntries(service.zones.map((zone) => [zone, { aliases: service.aliases }])),
        ports: Object.entries(HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
            bindings.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}:${port}`),
        ),
        mem_limit: HostConfig.Memory,
        memswap_limit: HostConfig.Memory,
        cpus: HostConfig.NanoCpus / NANOSECONDS,
        ulimits: Object.fromEntries(
            HostConfig.Ulimits.map(({ Name, Soft, Hard }) => [Name, { soft: Soft, hard: Hard }]),
        ),
        healthcheck: {
            test: Healthcheck.Test,
            interval: seconds(Healthcheck.Interval),
            timeout: seconds(Healthcheck.Timeout),
            start_period: seconds(Healthcheck.StartPeriod),
            retries: Healthcheck.Retries,
        },
        restart: "always",
        logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
        labels: { "bench.of": environment },
        depends_on: Object.fromEntries(service.startsAfter.map((name) => [name, { condition: "service_healthy" }])),
    };
}

/** A one-shot that gives an empty data volume to the service's user, as strata's own does. */
function ownerOf({ Image, Config }: Container, { Name, Destination }: Container["Mounts"][number]): object {
    return {
        image: Image,
        user: "0:0",
        entrypoint: ["chown"],
        command: ["-R", Config.User, Destination],
        cap_drop: ["ALL"],
        cap_add: ["CHOWN"],
        network_mode: "none",
        volumes: [{ type: "volume", source: Name, target: Destination }],
    };
}
