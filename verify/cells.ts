/**
 * What the isolation probe asks: one cell per source, address and port, with the answer that the declared flows allow.
 * Pure: everything here follows from the model and from what the engine says runs.
 */

import { managementPorts } from "../components/edge/traefik/kind";
import { hasRole } from "../components/kinds";
import type { LiveContainer } from "../engine/attachments";
import { networkName } from "../model/names";
import type { Platform, Service, Zone } from "../model/platform";
import { Declaration } from "./declaration";

/** What a cell's answer must be for the declared flows to hold. */
export type Expectation =
    /** A declared flow: it has to connect. */
    | "must"
    /** The other direction or another port of a pair that may talk: the network cannot tell these apart. */
    | "may"
    /** Nobody declared it: nothing may answer, not even with a refusal. */
    | "must not"
    /** A management entry point of the edge: it may be connected to, and has to answer 403. */
    | "forbidden"
    /** The source's own port: shows that something listens there, so that silence elsewhere means something. */
    | "control"
    /** An address of a zone that nobody has: shows whether answers from that zone come from the zone. */
    | "decoy"
    /** A name of no zone, asked by a service without a way out: no name server may hear of it. */
    | "unheard"
    /** The same name, asked by a service with a way out: shows that there is a name server, so that silence means something. */
    | "heard";

/** One question. */
export interface Cell {
    /** Service whose network namespace the attempt is made from. */
    readonly from: string;
    /** Container of {@link from}. */
    readonly container: string;
    /** Service that is asked, or {@link HOST}. */
    readonly to: string;
    /** Zone of the address, or `undefined` when the address is in none of the environment's. */
    readonly zone: string | undefined;
    /** IP address; a name where the name server itself is asked. */
    readonly address: string;
    readonly port: number;
    readonly expectation: Expectation;
    /** The address is a name, and its answer a name server's. */
    readonly protocol?: "dns";
    /** Name servers that the container was given; empty when it has the engine's own. */
    readonly nameServers?: readonly string[];
}

/** Stands for every name outside the zones in {@link Cell.to}. */
export const OUTSIDE = "outside names";

/** A name that nobody has, by RFC 6761: that a server says so is an answer, too. */
export const OUTSIDE_NAME = "isolation-probe.invalid.";

/** Port of name servers. */
const DNS_PORT = 53;

/** Stands for the engine's machine in {@link Cell.to}. */
export const HOST = "host";

/** Stands for the owner of an address that has none in {@link Cell.to}. */
export const NOBODY = "nobody";

/** The machine that the engine runs on, as containers could reach it. */
export interface HostTargets {
    /** IPv4 addresses besides the zones' gateways. */
    readonly addresses: readonly string[];
    readonly ports: readonly number[];
}

/** All questions about an environment, by source in the order of the containers. */
export function planCells(platform: Platform, live: readonly LiveContainer[], host: HostTargets): Cell[] {
    const declared = new Declaration(platform);
    // Where a container has no address, nobody can ask it: `attachments.ts` says so.
    const containers = live.map((container) => ({
        ...container,
        addresses: container.addresses.filter(({ address }) => address !== ""),
    }));
    const known = containers.filter(({ service }) => declared.service(service) !== undefined);
    const taken = new Set(containers.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
    return known.flatMap((source) => {
        const cells = [
            ...known.flatMap((target) => containerCells(platform, declared, source, target)),
            ...hostCells(platform, declared, source, host),
        ];
        return [...cells, ...decoys(platform, declared, cells, taken), ...nameCells(declared, source)];
    });
}

/** What the probe is told to ask: the same for all cells of one container with the same text. */
export function addressOf(cell: Pick<Cell, "address" | "port" | "expectation" | "protocol">): string {
    const { address, port, expectation, protocol } = cell;
    if (protocol === "dns") {
        return `dns://${address}`;
    }
    return expectation === "forbidden" ? `http://${address}:${port}/` : `${address}:${port}`;
}

function containerCells(
    platform: Platform,
    declared: Declaration,
    source: LiveContainer,
    target: LiveContainer,
): Cell[] {
    const service = declared.service(target.service);
    return target.addresses.flatMap(({ network, address }) => {
        const zone = platform.zones.find(({ name }) => networkName(platform.environment, name) === network)?.name;
        return Object.values(service?.ports ?? {}).flatMap((port): Cell[] => {
            const cell = { from: source.service, container: source.name, to: target.service, zone, address, port };
            if (source.name === target.name) {
                return [{ ...cell, expectation: "control" }];
            }
            const expectation = expected(declared, cell);
            return expectation !== "must not" && isManagement(service, port)
                ? [
                      { ...cell, expectation },
                      { ...cell, expectation: "forbidden" },
                  ]
                : [{ ...cell, expectation }];
        });
    });
}

/**
 * An address counts only in the zone it belongs to: a pair that may talk in one zone has no way into another one that
 * only its partner is in. That would be routing.
 */
function expected(declared: Declaration, cell: Omit<Cell, "expectation">): Expectation {
    const { from, to, zone, port } = cell;
    if (zone === undefined || !declared.isIn(from, zone) || !declared.isIn(to, zone)) {
        return "must not";
    }
    if (declared.isFlow({ from, to, port, zone })) {
        return "must";
    }
    // Containers of one service are one to everybody else, so they are to each other.
    return from === to || declared.mayMeet(from, to) ? "may" : "must not";
}

/** An outside name, and the source's own as a sign that the engine answers names at all. */
function nameCells(declared: Declaration, source: LiveContainer): Cell[] {
    if (source.addresses.length === 0) {
        return [];
    }
    const cell = {
        from: source.service,
        container: source.name,
        zone: undefined,
        port: DNS_PORT,
        protocol: "dns",
        nameServers: source.nameServers,
    } as const;
    return [
        { ...cell, to: source.service, address: source.service, expectation: "control" },
        {
            ...cell,
            to: OUTSIDE,
            address: OUTSIDE_NAME,
            expectation: declared.hasWayOut(source.service) ? "heard" : "unheard",
        },
    ];
}

function hostCells(platform: Platform, declared: Declaration, source: LiveContainer, host: HostTargets): Cell[] {
    const gateways = platform.zones.map(({ gateway }) => gateway);
    const addresses = [...new Set([...gateways, ...host.addresses])];
    return addresses.flatMap((address) => {
        const zone = platform.zones.find(({ gateway }) => gateway === address);
        return host.ports.map((port): Cell => ({
            from: source.service,
            container: source.name,
            to: HOST,
            zone: zone?.name,
            address,
            port,
            expectation: mayReachHost(declared, source.service, zone) ? "may" : "must not",
        }));
    });
}

/**
 * An engine's machine need not have a route into its own internal networks. What a container with a way out sends there then
 * leaves the machine, and a network beyond it may answer for any address: that is no way into the zone. If the machine did
 * lead into the zone, an address that nobody has there would be silent.
 */
function decoys(platform: Platform, declared: Declaration, cells: readonly Cell[], taken: ReadonlySet<string>): Cell[] {
    const found = new Map<string, Cell>();
    for (const cell of cells) {
        const zone = platform.zones.find(({ name }) => name === cell.zone);
        // In its own zones a source speaks to its neighbours without anybody in between.
        if (cell.expectation === "must not" && zone !== undefined && !declared.isIn(cell.from, zone.name)) {
            const decoy: Cell = { ...cell, to: NOBODY, address: freeAddress(zone, taken), expectation: "decoy" };
            found.set(addressOf(decoy), decoy);
        }
    }
    return [...found.values()];
}

/** The last address of the zone that no container has; the engine hands them out from the other end. */
function freeAddress({ gateway }: Zone, taken: ReadonlySet<string>): string {
    const prefix = gateway.slice(0, gateway.lastIndexOf("."));
    let last = 254;
    while (taken.has(`${prefix}.${last}`)) {
        last--;
    }
    return `${prefix}.${last}`;
}

/** Who is in a zone with a way out gets as far as the machine itself; the gateway of an internal zone is nobody's. */
function mayReachHost(declared: Declaration, service: string, gatewayOf: Zone | undefined): boolean {
    return gatewayOf?.internal !== true && declared.hasWayOut(service);
}

function isManagement(service: Service | undefined, port: number): boolean {
    return (
        service !== undefined &&
        hasRole(service, "edge") &&
        managementPorts(service).some(({ internal }) => internal === port)
    );
}
