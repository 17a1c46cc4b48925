import fc from "fast-check";

import {
    addressesOf,
    addressFromEnd,
    checkBase,
    ENVIRONMENT_BASES,
    MEETING_PART_ADDRESSES,
    MEETING_PARTS,
    meetingAddresses,
    meetingPartAddresses,
    overlap,
} from "../../../model/address-plan";

const octet = fc.integer({ min: 0, max: 255 });
const base = fc.constantFrom(...Object.values(ENVIRONMENT_BASES), "10.20", "192.168");

/** Independent of the code under test: a /24 as its 256 addresses. */
const firstThree = (cidr: string): string => cidr.split(".").slice(0, 3).join(".");

describe("addressesOf", () => {
    test("puts the gateway at .1 of the /24", () => {
        expect(addressesOf("172.20", 4)).toEqual({ subnet: "172.20.4.0/24", gateway: "172.20.4.1" });
    });

    test("gives every pair of base and octet addresses that no other pair has", () => {
        fc.assert(
            fc.property(base, octet, base, octet, (baseA, octetA, baseB, octetB) => {
                const [a, b] = [addressesOf(baseA, octetA), addressesOf(baseB, octetB)];
                const same = baseA === baseB && octetA === octetB;
                expect(overlap(a.subnet, b.subnet)).toBe(same);
                expect(firstThree(a.subnet) === firstThree(b.subnet)).toBe(same);
                expect(overlap(a.subnet, `${a.gateway}/32`)).toBe(true);
            }),
        );
    });
});

describe("meetingAddresses", () => {
    test("divides a /24 into four blocks with gateways of their own", () => {
        const quarters = [0, 1, 2, 3].map((quarter) => meetingAddresses("10.120", 203, quarter));
        expect(quarters).toEqual([
            { subnet: "10.120.203.0/26", gateway: "10.120.203.1" },
            { subnet: "10.120.203.64/26", gateway: "10.120.203.65" },
            { subnet: "10.120.203.128/26", gateway: "10.120.203.129" },
            { subnet: "10.120.203.192/26", gateway: "10.120.203.193" },
        ]);
    });
});

describe("meetingPartAddresses", () => {
    test("divides a quarter into parts that share no address with each other or another quarter", () => {
        const parts = Array.from({ length: MEETING_PARTS }, (_, part) => meetingPartAddresses("10.120", 203, 1, part));
        const quarters = [0, 2, 3].map((quarter) => meetingAddresses("10.120", 203, quarter));
        for (const [index, { subnet, gateway }] of parts.entries()) {
            const others = [...parts.slice(0, index), ...quarters];
            expect(others.filter((other) => overlap(other.subnet, subnet))).toEqual([]);
            expect(overlap(subnet, `${gateway}/32`)).toBe(true);
        }
        expect(parts[0]).toEqual({ subnet: "10.120.203.64/29", gateway: "10.120.203.65" });
    });

    test("a part has the addresses that it says, beside those of the network and the gateway", () => {
        const { subnet } = meetingPartAddresses("10.120", 203, 1, 7);
        const first = addressFromEnd(subnet, MEETING_PART_ADDRESSES - 1);
        expect([first, addressFromEnd(subnet, 0)]).toEqual(["10.120.203.122", "10.120.203.126"]);
    });
});

test.each([
    ["10.120.4.0/24", 0, "10.120.4.254"],
    ["10.120.4.0/24", 253, "10.120.4.1"],
    ["10.120.203.64/26", 0, "10.120.203.126"],
])("address of %s, %i before the last: %s", (subnet, back, expected) => {
    expect(addressFromEnd(subnet, back)).toBe(expected);
});

describe("overlap", () => {
    test.each([
        ["10.0.0.0/8", "10.255.255.0/24", true],
        ["10.0.0.0/8", "11.0.0.0/24", false],
        ["172.20.4.0/24", "172.20.4.255/32", true],
        ["172.20.4.0/24", "172.20.5.0/32", false],
        ["172.20.4.128/25", "172.20.4.0/25", false],
        ["0.0.0.0/0", "255.255.255.255/32", true],
    ])("%s and %s: %s", (a, b, expected) => {
        expect(overlap(a, b)).toBe(expected);
        expect(overlap(b, a)).toBe(expected);
    });
});

describe("checkBase", () => {
    test.each(["10.0", "10.255", "172.16", "172.23", "172.31", "192.168"])("accepts %s", (value) => {
        expect(checkBase("anything", value)).toEqual([]);
    });

    test.each([
        "172.17",
        "172.15",
        "172.32",
        "172.2",
        "192.169",
        "8.8",
        "10.256",
        "010.20",
        "10.020",
        "10",
        "10.20.30",
        "",
    ])("refuses %p", (value) => {
        expect(checkBase("anything", value)).toEqual([
            {
                key: "strata:addressBase",
                value: `"${value}"`,
                accepted:
                    "two octets of a private range: 10.0 to 10.255, 172.16 to 172.31 except 172.17 (the engine's own bridge), or 192.168",
                next: 'set it in quotes, for example to "10.123"',
            },
        ]);
    });

    test("keeps environments that share a host apart", () => {
        expect(checkBase("production", "10.120")).toEqual([]);
        expect(checkBase("staging", "10.120")).toEqual([
            {
                key: "strata:addressBase",
                value: '"10.120"',
                accepted: `a base that no other environment has; "10.120" is production's`,
                next: 'set it to "10.121"',
            },
        ]);
        expect(checkBase("review-7", "10.122")[0]?.next).toBe('set it to "10.123"');
        // The bases of earlier releases are anybody's: an environment that has one keeps it in its stack file.
        expect(checkBase("production", "172.20")).toEqual([]);
    });
});

test("environments that share a host lie outside what an engine hands out by itself", () => {
    const pools = [
        "172.17.0.0/16",
        "172.18.0.0/15",
        "172.20.0.0/14",
        "172.24.0.0/14",
        "172.28.0.0/14",
        "192.168.0.0/16",
    ];
    for (const base of Object.values(ENVIRONMENT_BASES)) {
        expect(pools.filter((pool) => overlap(`${base}.0.0/16`, pool))).toEqual([]);
    }
});
