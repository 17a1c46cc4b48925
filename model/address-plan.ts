/**
 * The address plan (requirement B1): every zone is the /24 that its third octet names under the environment's base, so a
 * packet capture can be read without a table, and environments with different bases share a host.
 */

import type { Problem } from "./problems";

/**
 * Bases of the environments that are meant to share a host. An environment not listed may use any other base. They lie outside
 * the ranges from which an engine serves Compose projects by itself (172.17 to 172.31 and 192.168), and outside those that
 * clouds, clusters and VPNs usually take of 10.0.0.0/8.
 */
export const ENVIRONMENT_BASES: Readonly<Record<string, string>> = {
    production: "10.120",
    staging: "10.121",
    local: "10.122",
};

/** The addresses of a zone. */
export interface Addresses {
    /** CIDR, for example `10.120.4.0/24`. */
    readonly subnet: string;
    /** First address of the subnet. */
    readonly gateway: string;
}

/** Addresses of a zone for containers: a /24 without those of the network, of the gateway and for broadcasts. */
export const ADDRESSES_FOR_CONTAINERS = 253;

/** @param octet - third octet, 0 to 255 */
export function addressesOf(base: string, octet: number): Addresses {
    return { subnet: `${base}.${octet}.0/24`, gateway: `${base}.${octet}.1` };
}

/** Whether two CIDR blocks have an address in common. */
export function overlap(a: string, b: string): boolean {
    const [first, second] = [rangeOf(a), rangeOf(b)];
    return first.from <= second.to && second.from <= first.to;
}

function rangeOf(cidr: string): { from: number; to: number } {
    const [address = "", bits = "32"] = cidr.split("/");
    const value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    const size = 2 ** (32 - Number(bits));
    const from = Math.floor(value / size) * size;
    return { from, to: from + size - 1 };
}

const ACCEPTED_BASE =
    "two octets of a private range: 10.0 to 10.255, 172.16 to 172.31 except 172.17 (the engine's own bridge), or 192.168";

/** Problems with the base of an environment: not private, the engine's, or another environment's. */
export function checkBase(environment: string, base: string): Problem[] {
    const key = "strata:addressBase";
    const [, first, second] = (/^(\d{1,3})\.(\d{1,3})$/.exec(base) ?? []).map(Number);
    const isPrivate =
        first !== undefined &&
        second !== undefined &&
        `${first}.${second}` === base &&
        ((first === 10 && second <= 255) ||
            (first === 172 && second >= 16 && second <= 31 && second !== 17) ||
            (first === 192 && second === 168));
    if (!isPrivate) {
        return [
            {
                key,
                value: `"${base}"`,
                accepted: ACCEPTED_BASE,
                next: `set it in quotes, for example to "${freeBase()}"`,
            },
        ];
    }
    return Object.entries(ENVIRONMENT_BASES)
        .filter(([other, taken]) => other !== environment && taken === base)
        .map(([other, taken]) => ({
            key,
            value: `"${base}"`,
            accepted: `a base that no other environment has; "${taken}" is ${other}'s`,
            next: `set it to "${ENVIRONMENT_BASES[environment] ?? freeBase()}"`,
        }));
}

function freeBase(): string {
    const taken = new Set(Object.values(ENVIRONMENT_BASES));
    for (let second = 123; second < 128; second++) {
        if (!taken.has(`10.${second}`)) {
            return `10.${second}`;
        }
    }
    return "10.60";
}
