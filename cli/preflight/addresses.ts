/** Whether the environment's subnets are free: no other network of the engine and no route to another place uses them. */

import type { EngineNetwork } from "../../engine/networks";
import { overlap } from "../../model/address-plan";
import type { Zone } from "../../model/platform";
import type { Finding } from "./finding";

/** A route of the host. */
export interface Route {
    /** CIDR. */
    readonly to: string;
    /** Name of the interface: `tun0`, `eth0`, `br-0123`; for a route that leads nowhere, its kind: `blackhole`. */
    readonly device: string;
    /** Name or number of the routing table: `52` (Tailscale), `51820` (wg-quick), `220` (strongSwan). @default the main table */
    readonly table?: string;
}

/** Routes that could not be read. */
export interface UntoldRoutes {
    /** What could not be read, and why. */
    readonly value: string;
    /** How the user can look at them. */
    readonly fix: string;
    /** Whether every run will find the same. @default false */
    readonly lasting?: boolean;
}

/** What uses addresses already. */
export interface AddressFacts {
    readonly networks: readonly EngineNetwork[];
    /** Without the default route. */
    readonly routes: readonly Route[];
    /** @default all routes are in `routes` */
    readonly untold?: UntoldRoutes | undefined;
    /** Ranges from which the engine hands out subnets by itself. */
    readonly pools: readonly string[];
}

/** What Docker hands out when its configuration names no pools: https://docs.docker.com/engine/network/#subnet-allocation */
export const DOCKER_POOLS = [
    "172.17.0.0/16",
    "172.18.0.0/15",
    "172.20.0.0/14",
    "172.24.0.0/14",
    "172.28.0.0/14",
    "192.168.0.0/16",
];

/**
 * Longest prefix of a wide route, in bits. A wide route leads to a whole network of a company or VPN. In the main table, Docker's
 * narrower route wins over it.
 */
const WIDE = 15;

/** Judges the subnets of an environment. Pure. */
export function judgeAddresses(
    environment: string,
    base: string,
    zones: readonly Pick<Zone, "name" | "subnet">[],
    facts: AddressFacts,
): Finding[] {
    const what = "subnets";
    const { untold } = facts;
    const free = freeBase(facts);
    const known = untold === undefined ? "which is free" : "which nothing that could be seen has";
    const fix =
        free === undefined
            ? "remove what has the addresses, or set strata:addressBase to a range that is free"
            : `set strata:addressBase to "${free}", ${known}, or remove what has the addresses`;
    const accepted = "addresses that nothing else on this machine uses";
    const others = facts.networks.filter((network) => network.environment !== environment);
    const taken = others.flatMap((network): Finding[] => {
        const zone = zones.find(({ subnet }) => network.subnets.some((other) => overlap(subnet, other)));
        if (zone === undefined) return [];
        const value = `${zone.subnet} (${zone.name}) overlaps ${network.subnets.join(", ")} of ${ownerOf(network)}`;
        return [{ what, value, verdict: "bad", accepted, fix }];
    });
    const routed = facts.routes
        .filter((route) => !isOfNetwork(route, facts.networks) && !isCovered(route, facts.routes))
        .flatMap((route): Finding[] => {
            const zone = zones.find(({ subnet }) => overlap(subnet, route.to));
            if (zone === undefined) return [];
            const way = describeRoute(route);
            // The kernel asks a VPN's table before the main one, in which the engine's routes are.
            const effect =
                route.table === undefined
                    ? "machines there with these addresses are out of reach"
                    : "if the kernel asks that table first, this machine does not reach its own containers";
            return lengthOf(route.to) > WIDE
                ? [{ what, value: `${zone.subnet} (${zone.name}) overlaps ${way}`, verdict: "bad", accepted, fix }]
                : [
                      {
                          what,
                          value: `${base}.0.0/16 lies within ${way}: ${effect}`,
                          verdict: "note",
                          fix,
                      },
                  ];
        });
    const pool = facts.pools.find((range) => overlap(`${base}.0.0/16`, range));
    const own = facts.networks.some((network) => network.environment === environment);
    const lent: Finding[] =
        pool === undefined
            ? []
            : [
                  {
                      what,
                      value: `${base}.0.0/16 lies within ${pool}, from which the engine serves other networks`,
                      verdict: "note",
                      fix:
                          free === undefined ? "choose a base outside the engine's pools" : `a base outside: "${free}"`,
                      lasting: own,
                  },
              ];
    const unseen: Finding[] =
        untold === undefined
            ? []
            : [
                  {
                      what,
                      value: `whether a route has ${base}.0.0/16 could not be told: ${untold.value}`,
                      verdict: "unknown",
                      accepted,
                      fix: untold.fix,
                      lasting: untold.lasting ?? false,
                  },
              ];
    const found = [...taken, ...unique(routed), ...lent, ...unseen];
    if (found.length > 0) return found;
    const value = own ? `${base}.0.0/16 is this environment's` : `${base}.0.0/16 is free for this environment`;
    return [{ what, value, verdict: "good" }];
}

/** A base with no network, route or pool in it, or `undefined` when all that are tried have one. Pure. */
export function freeBase({ networks, routes, pools }: AddressFacts): string | undefined {
    const used = [...networks.flatMap(({ subnets }) => subnets), ...routes.map(({ to }) => to), ...pools];
    return CANDIDATES.find((base) => !used.some((range) => overlap(`${base}.0.0/16`, range)));
}

/**
 * Bases that are proposed. They are above those that VPNs, clouds and clusters usually take; 172.16 is for machines whose whole
 * 10.0.0.0/8 is routed.
 */
const CANDIDATES = [
    ...Array.from({ length: 5 }, (_, index) => `10.${123 + index}`),
    "10.60",
    "10.61",
    "10.70",
    "172.16",
];

/** Whether the engine made a route: it makes one for each of its bridges, and one for the host's own address in each. */
function isOfNetwork({ to, table }: Route, networks: readonly EngineNetwork[]): boolean {
    const isAddress = table === LOCAL && lengthOf(to) === 32;
    return networks.some(({ subnets }) =>
        subnets.some((subnet) => subnet === to || (isAddress && overlap(subnet, to))),
    );
}

/** Whether a route is an interface's own address, and the range that the interface leads to covers it. */
function isCovered({ to, table, device }: Route, routes: readonly Route[]): boolean {
    const covers = (other: Route): boolean => other.table !== LOCAL && other.device === device && overlap(other.to, to);
    return table === LOCAL && routes.some(covers);
}

function describeRoute({ to, device, table }: Route): string {
    if (table === LOCAL) return `${to} of this machine itself (${device})`;
    return `the route ${to} through ${device}${table === undefined ? "" : ` in the table ${table}`}`;
}

function ownerOf({ name, environment, composeProject }: EngineNetwork): string {
    if (environment !== undefined) return `the environment ${environment} (network ${name})`;
    return composeProject === undefined ? `network ${name}` : `the Compose project ${composeProject} (network ${name})`;
}

function lengthOf(cidr: string): number {
    return Number(cidr.split("/")[1] ?? 32);
}

/** Findings without repetition: several zones may overlap the same wide route. */
function unique(findings: readonly Finding[]): Finding[] {
    return [...new Map(findings.map((finding) => [finding.value, finding])).values()];
}

/** The table with the machine's own addresses; the kernel asks it before all others. */
const LOCAL = "local";

/** Kinds of routes that lead to no other place: those of broadcasts and the like, and `throw`, which sends to the next table. */
const PASSED_OVER = ["broadcast", "multicast", "anycast", "throw"];

/** A route of `ip -j route show table all`. */
interface IpRoute {
    readonly dst?: string;
    readonly dev?: string;
    readonly type?: string;
    readonly table?: string | number;
    readonly nexthops?: readonly { readonly dev?: string }[];
}

/**
 * Reads `ip -j route show table all`. Pure.
 *
 * Tables beside the main one belong to a VPN or a VRF, and their rules mostly come first. So a route that leads nowhere counts
 * there; in the main table, the engine's narrower route wins over it.
 *
 * @throws SyntaxError for a text that is not JSON: older programs do not know `-j`
 */
export function readIpRoutes(text: string): Route[] {
    return (JSON.parse(text || "[]") as IpRoute[]).flatMap(({ dst, dev, type = "unicast", table, nexthops }) => {
        const name = table === undefined || table === "main" ? undefined : String(table);
        const nowhere = name !== undefined && type !== "unicast" && type !== LOCAL ? type : undefined;
        const device = dev ?? nexthops?.find((hop) => hop.dev !== undefined)?.dev ?? nowhere;
        const to = dst === undefined || dst.includes("/") ? dst : `${dst}/32`;
        if (to === undefined || device === undefined || PASSED_OVER.includes(type)) return [];
        if (!/^\d+(\.\d+){3}\/\d+$/.test(to) || lengthOf(to) <= 1) return [];
        return [{ to, device, ...(name !== undefined && { table: name }) }];
    });
}

/** Reads `/proc/net/route`, which is the main table only, with addresses as little-endian numbers. Pure. */
export function readKernelRoutes(text: string): Route[] {
    const octets = (hex: string): number[] => [...Buffer.from(hex, "hex")].reverse();
    return text
        .split("\n")
        .slice(1)
        .flatMap((line): Route[] => {
            const [device = "*", destination = "", , , , , , mask = ""] = line.trim().split(/\s+/);
            if (device === "*" || !/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) return [];
            const bits = octets(mask).reduce((sum, octet) => sum + octet.toString(2).replaceAll("0", "").length, 0);
            return bits > 1 ? [{ to: `${octets(destination).join(".")}/${bits}`, device }] : [];
        });
}

/** Reads `netstat -rn -f inet` of macOS, which leaves out zeros at the end: `10.77/16`. Pure. */
export function readNetstatRoutes(text: string): Route[] {
    return text.split("\n").flatMap((line): Route[] => {
        const [to = "", , , device] = line.trim().split(/\s+/);
        if (!/^\d+(\.\d+){0,3}(\/\d+)?$/.test(to) || device === undefined) return [];
        const [address = "", length] = to.split("/");
        const octets = address.split(".");
        const bits = length ?? String(octets.length * 8);
        const whole = [...octets, "0", "0", "0"].slice(0, 4).join(".");
        return Number(bits) > 1 ? [{ to: `${whole}/${bits}`, device }] : [];
    });
}
