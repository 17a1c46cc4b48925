/** Whether the environment's subnets are free: of other networks on the engine, and of routes to somewhere else. */

import { overlap } from "../../model/address-plan";
import type { Zone } from "../../model/platform";
import type { Finding } from "./finding";

/** A network of the engine. */
export interface EngineNetwork {
    readonly name: string;
    readonly subnets: readonly string[];
    /** Value of `strata.environment`. */
    readonly environment: string | undefined;
    /** Value of `com.docker.compose.project`. */
    readonly composeProject: string | undefined;
}

/** A route of the host. */
export interface Route {
    /** CIDR. */
    readonly to: string;
    /** Name of the interface: `tun0`, `eth0`, `br-0123`. */
    readonly device: string;
}

/** What has addresses already. */
export interface AddressFacts {
    readonly networks: readonly EngineNetwork[];
    /** Without the default route. */
    readonly routes: readonly Route[];
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

/** A route this wide is a company's or a VPN's whole network; Docker's narrower one wins over it. */
const WIDE = 15;

/** Judges the subnets of an environment. Pure. */
export function judgeAddresses(
    environment: string,
    base: string,
    zones: readonly Pick<Zone, "name" | "subnet">[],
    facts: AddressFacts,
): Finding[] {
    const what = "subnets";
    const free = freeBase(facts);
    const fix =
        free === undefined
            ? "remove what has the addresses, or set strata:addressBase to a range that is free"
            : `set strata:addressBase to "${free}", which is free, or remove what has the addresses`;
    const accepted = "addresses that nothing else on this machine uses";
    const others = facts.networks.filter((network) => network.environment !== environment);
    const taken = others.flatMap((network): Finding[] => {
        const zone = zones.find(({ subnet }) => network.subnets.some((other) => overlap(subnet, other)));
        if (zone === undefined) return [];
        const value = `${zone.subnet} (${zone.name}) overlaps ${network.subnets.join(", ")} of ${ownerOf(network)}`;
        return [{ what, value, verdict: "bad", accepted, fix }];
    });
    const routed = facts.routes
        .filter((route) => !isOfNetwork(route, facts.networks))
        .flatMap((route): Finding[] => {
            const zone = zones.find(({ subnet }) => overlap(subnet, route.to));
            if (zone === undefined) return [];
            const way = `the route ${route.to} through ${route.device}`;
            return lengthOf(route.to) > WIDE
                ? [{ what, value: `${zone.subnet} (${zone.name}) overlaps ${way}`, verdict: "bad", accepted, fix }]
                : [
                      {
                          what,
                          value: `${base}.0.0/16 lies within ${way}: machines there with these addresses are out of reach`,
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
    const found = [...taken, ...unique(routed), ...lent];
    if (found.length > 0) return found;
    const value = own ? `${base}.0.0/16 is this environment's` : `${base}.0.0/16 is free for this environment`;
    return [{ what, value, verdict: "good" }];
}

/** A base with no network, route or pool in it, or `undefined` when all that are tried have one. Pure. */
export function freeBase({ networks, routes, pools }: AddressFacts): string | undefined {
    const used = [...networks.flatMap(({ subnets }) => subnets), ...routes.map(({ to }) => to), ...pools];
    return CANDIDATES.find((base) => !used.some((range) => overlap(`${base}.0.0/16`, range)));
}

/** Above what VPNs, clouds and clusters usually take; 172.16 for those whose whole 10.0.0.0/8 is routed. */
const CANDIDATES = [
    ...Array.from({ length: 5 }, (_, index) => `10.${123 + index}`),
    "10.60",
    "10.61",
    "10.70",
    "172.16",
];

/** The engine makes a route for each of its bridges. */
function isOfNetwork({ to }: Route, networks: readonly EngineNetwork[]): boolean {
    return networks.some(({ subnets }) => subnets.includes(to));
}

function ownerOf({ name, environment, composeProject }: EngineNetwork): string {
    if (environment !== undefined) return `the environment ${environment} (network ${name})`;
    return composeProject === undefined ? `network ${name}` : `the Compose project ${composeProject} (network ${name})`;
}

function lengthOf(cidr: string): number {
    return Number(cidr.split("/")[1] ?? 32);
}

/** Several zones meet the same wide route. */
function unique(findings: readonly Finding[]): Finding[] {
    return [...new Map(findings.map((finding) => [finding.value, finding])).values()];
}

/** Reads `ip -j route`. Pure. */
export function readIpRoutes(text: string): Route[] {
    const entries = JSON.parse(text || "[]") as { dst?: string; dev?: string; type?: string }[];
    return entries
        .filter(({ dst, dev }) => dst !== undefined && dst !== "default" && dev !== undefined)
        .map(({ dst = "", dev = "" }) => ({ to: dst.includes("/") ? dst : `${dst}/32`, device: dev }))
        .filter(({ to }) => /^\d+(\.\d+){3}\/\d+$/.test(to) && lengthOf(to) > 1);
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
