/**
 * The address plan (requirement B1): a zone is the /24 that its third octet names under the environment's base, so a
 * packet capture can be read without a table, and environments with different bases share a host. Zones in which a product meets the
 * platform are quarters of such a /24.
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

/** A whole /24. @param octet - third octet, 0 to 255 */
export function addressesOf(base: string, octet: number): Addresses {
    return { subnet: `${base}.${octet}.0/24`, gateway: `${base}.${octet}.1` };
}

/** A quarter of a /24, with 61 addresses for containers. @param quarter - from 0 to 3 */
export function meetingAddresses(base: string, octet: number, quarter: number): Addresses {
    const first = quarter * 64;
    return { subnet: `${base}.${octet}.${first}/26`, gateway: `${base}.${octet}.${first + 1}` };
}

/** Number of parts of a quarter. */
export const MEETING_PARTS = 8;

/** Containers that have addresses in a part of a quarter. */
export const MEETING_PART_ADDRESSES = 5;

/** A part of a quarter of a /24. @param part - from 0 to 7 */
export function meetingPartAddresses(base: string, octet: number, quarter: number, part: number): Addresses {
    const first = quarter * 64 + part * 8;
    return { subnet: `${base}.${octet}.${first}/29`, gateway: `${base}.${octet}.${first + 1}` };
}

/** Whether two CIDR blocks have an address in common. */
export function overlap(a: string, b: string): boolean {
    const [first, second] = [rangeOf(a), rangeOf(b)];
    return first.from <= second.to && second.from <= first.to;
}

/** Number of addresses of a block for containers: without those of the network, of the gateway and for broadcasts. */
export function addressesForContainers(cidr: string): number {
    const { from, to } = rangeOf(cidr);
    return to - from - 2;
}

/** An address of a block, counted from its end: 0 is the last before the broadcast address. */
export function addressFromEnd(cidr: string, back: number): string {
    const value = rangeOf(cidr).to - 1 - back;
    return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join(".");
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
