/** Containers and the networks that they are attached to, as the isolation probe compares them. */

import { LABEL, PROBE_ROLE } from "../model/names";
import { plainName } from "./objects";
import { isProbe } from "./probe";
import type { EngineReader } from "./reader";

/** A labelled container that is not a one-shot. */
export interface LiveContainer {
    readonly id: string;
    readonly name: string;
    /** Value of the label `strata.service`. */
    readonly service: string;
    readonly running: boolean;
    /** Name servers that the container was given; empty when it uses the engine's own. */
    readonly nameServers: readonly string[];
    /** One per attached network. */
    readonly addresses: readonly LiveAddress[];
}

/** A container's addresses in one of its networks. */
export interface LiveAddress {
    readonly network: string;
    /** IPv4 address; empty when the container has none, as in an IPv6-only network. */
    readonly address: string;
    /** IPv6 address; missing when the container has none. */
    readonly ipv6?: string;
}

/** A container in another container's namespaces: it reaches everything that the other one reaches. */
export interface LiveGuest {
    readonly name: string;
    /** Id or name of the other container. */
    readonly host: string;
}

/** A labelled network. */
export interface LiveNetwork {
    readonly name: string;
    readonly members: readonly { readonly id: string; readonly name: string }[];
}

interface InspectedContainer {
    readonly Id: string;
    readonly Name: string;
    readonly State: { readonly Running: boolean };
    readonly Config: { readonly Labels: Readonly<Record<string, string>> | null; readonly Image?: string };
    readonly HostConfig: {
        readonly Dns: readonly string[] | null;
        readonly NetworkMode?: string;
        readonly PidMode?: string;
        readonly IpcMode?: string;
    };
    readonly NetworkSettings: {
        readonly Networks: Readonly<
            Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address?: string }>
        > | null;
    };
}

interface InspectedNetwork {
    readonly Name: string;
    readonly Containers: Readonly<Record<string, { readonly Name: string }>> | null;
}

/** The environment's containers, sorted by name. @throws EngineError when the engine does not answer */
export async function liveContainers(engine: EngineReader, environment: string): Promise<LiveContainer[]> {
    const ids = await engine.list(["ps", "-aq", "--no-trunc"], environment);
    const inspected = await engine.inspect<InspectedContainer>("container", ids);
    return inspected
        .filter(({ Config }) => Config.Labels?.[LABEL.role] === undefined)
        .map(({ Id, Name, State, Config, HostConfig, NetworkSettings }) => ({
            id: Id,
            name: plainName(Name),
            service: Config.Labels?.[LABEL.service] ?? "",
            running: State.Running,
            nameServers: HostConfig.Dns ?? [],
            addresses: Object.entries(NetworkSettings.Networks ?? {}).map(
                ([network, { IPAddress, GlobalIPv6Address = "" }]) => ({
                    network,
                    address: IPAddress,
                    ...(GlobalIPv6Address !== "" && { ipv6: GlobalIPv6Address }),
                }),
            ),
        }))
        .sort((a, b) => a.name.localeCompare(b.name));
}

/** Marks that distinguish the probe's own containers from others. */
export interface ProbeMark {
    readonly environment: string;
    /** Reference of the image made from `offline/images/probe`. */
    readonly probeImage: string;
}

/** All containers of the engine in another container's namespaces, except the probe. @throws EngineError when it does not answer */
export async function liveGuests(engine: EngineReader, mark: ProbeMark): Promise<LiveGuest[]> {
    const ids = await engine.list(["ps", "-q", "--no-trunc"]);
    const inspected = await engine.inspect<InspectedContainer>("container", ids);
    // Name of the probe's container for each container.
    const probeNames = new Map(inspected.map(({ Id, Name }) => [Id, `${plainName(Name)}-${PROBE_ROLE}`]));
    return inspected.flatMap((container) => {
        const name = plainName(container.Name);
        const { NetworkMode, PidMode, IpcMode } = container.HostConfig;
        const [network, ...others] = [NetworkMode, PidMode, IpcMode].map(hostOf);
        const sharesNetworkOnly = others.every((it) => it === undefined);
        if (sharesNetworkOnly && probeNames.get(network ?? "") === name && isMarked(container, mark)) {
            return [];
        }
        const hosts = new Set([network, ...others].filter((it) => it !== undefined));
        return [...hosts].map((host) => ({ name, host }));
    });
}

/** The container that a mode names, by id or name. */
function hostOf(mode = ""): string | undefined {
    return /^container:(.+)$/.exec(mode)?.[1];
}

function isMarked({ Config }: InspectedContainer, { environment, probeImage }: ProbeMark): boolean {
    return isProbe(Config, probeImage) && Config.Labels?.[LABEL.environment] === environment;
}

/** The environment's networks and their members. @throws EngineError when the engine does not answer */
export async function liveNetworks(engine: EngineReader, environment: string): Promise<LiveNetwork[]> {
    const ids = await engine.list(["network", "ls", "-q", "--no-trunc"], environment);
    const inspected = await engine.inspect<InspectedNetwork>("network", ids);
    return inspected.map((network) => ({
        name: network.Name,
        members: Object.entries(network.Containers ?? {}).map(([id, member]) => ({ id, name: member.Name })),
    }));
}
