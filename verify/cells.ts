/**
 * The questions of the isolation probe: one cell per source, address and port, with the answer that the declared flows allow.
 * Pure: the questions follow from the model and from the containers that the engine reports as running.
 */

import { managementPorts } from "../components/edge/traefik/kind";
import { hasRole } from "../components/kinds";
import type { LiveContainer } from "../engine/attachments";
import { addressFromEnd } from "../model/address-plan";
import { networkName } from "../model/names";
import type { Platform, Service, Zone } from "../model/platform";
import { Declaration } from "./declaration";

/** The answer that a cell must have for the declared flows to hold. */
export type Expectation =
    /** A declared flow: it has to connect. */
    | "must"
    /** The other direction or another port of a pair that may talk: the network cannot tell these apart. */
    | "may"
    /** No flow is declared: nothing may answer, not even with a refusal. */
    | "must not"
    /** A management entry point of the edge: it may accept the connection, and has to answer 403. */
    | "forbidden"
    /** The source's own port: shows that a program listens there, so that silence for other sources is proof of isolation. */
    | "control"
    /** An unused address of a zone: shows whether answers from the zone's addresses really come from the zone. */
    | "decoy"
    /** A name outside the zones, asked by a service without a way out: no name server may receive the query. */
    | "unheard"
    /** The same name, asked by a service with a way out: shows that a name server answers, so that silence for others is proof. */
    | "heard";

/** One question. */
export interface Cell {
    /** Service whose network namespace the attempt is made from. */
    readonly from: string;
    /** Container of {@link from}. */
    readonly container: string;
    /** Service that is asked, or {@link HOST}, {@link NOBODY} or {@link OUTSIDE}. */
    readonly to: string;
    /** Zone of the address, or `undefined` when the address is in no zone of the environment. */
    readonly zone: string | undefined;
    /** IP address, or the name to look up when `protocol` is `dns`. */
    readonly address: string;
    readonly port: number;
    readonly expectation: Expectation;
    /** `dns` when {@link address} is a name that a name server is asked for. */
    readonly protocol?: "dns";
    /** Name servers that the container was given; empty when it has the engine's own. */
    readonly nameServers?: readonly string[];
}

/** Value of {@link Cell.to} for a name outside the zones. */
export const OUTSIDE = "outside names";

/** A name that does not exist, by RFC 6761. A name server that says so has answered, too. */
export const OUTSIDE_NAME = "isolation-probe.invalid.";

/** Port of name servers. */
const DNS_PORT = 53;

/** Value of {@link Cell.to} for the engine's machine. */
export const HOST = "host";

/** Value of {@link Cell.to} for an unused address. */
export const NOBODY = "nobody";

/** Addresses and ports by which containers could reach the engine's machine. */
export interface HostTargets {
    /** IPv4 addresses besides the zones' gateways. */
    readonly addresses: readonly string[];
    readonly ports: readonly number[];
}

/** All questions about an environment, by source in the order of the containers. */
export function planCells(platform: Platform, live: readonly LiveContainer[], host: HostTargets): Cell[] {
    const declared = new Declaration(platform);
    // A container without an address in a network cannot be probed there: `attachments.ts` reports it.
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

/** A cell's question in the probe's syntax. Cells of one container with the same text share the answer. */
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
 * The expectation for one address. A flow allows addresses only in zones that both services are in: an answer from another zone of the
 * partner would need routing.
 */
function expected(declared: Declaration, cell: Omit<Cell, "expectation">): Expectation {
    const { from, to, zone, port } = cell;
    if (zone === undefined || !declared.isIn(from, zone) || !declared.isIn(to, zone)) {
        return "must not";
    }
    if (declared.isFlow({ from, to, port, zone })) {
        return "must";
    }
    // Other services cannot tell the containers of one service apart, so these may reach each other.
    return from === to || declared.mayMeet(from, to) ? "may" : "must not";
}

/** An outside name, and the source's own name, which shows that the engine answers DNS queries at all. */
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
 * Questions to unused addresses, one for each undeclared question to a zone that the source is not in. An engine's machine may have no
 * route into its own internal networks. Packets of a container with a way out then leave the machine, and an outer network may answer
 * for any address: that is no way into the zone. If the machine did route into the zone, an unused address there would be silent.
 */
function decoys(platform: Platform, declared: Declaration, cells: readonly Cell[], taken: ReadonlySet<string>): Cell[] {
    const found = new Map<string, Cell>();
    for (const cell of cells) {
        const zone = platform.zones.find(({ name }) => name === cell.zone);
        // In its own zones a source reaches its neighbours directly, without routing.
        if (cell.expectation === "must not" && zone !== undefined && !declared.isIn(cell.from, zone.name)) {
            const decoy: Cell = { ...cell, to: NOBODY, address: freeAddress(zone, taken), expectation: "decoy" };
            found.set(addressOf(decoy), decoy);
        }
    }
    return [...found.values()];
}

/** The last address of the zone that no container has; the engine hands them out from the other end. */
function freeAddress({ subnet }: Zone, taken: ReadonlySet<string>): string {
    let back = 0;
    while (taken.has(addressFromEnd(subnet, back))) {
        back++;
    }
    return addressFromEnd(subnet, back);
}

/** Whether a service may reach an address of the machine: it needs a zone with a way out, and never reaches an internal zone's gateway. */
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
