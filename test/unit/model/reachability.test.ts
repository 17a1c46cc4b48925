import fc from "fast-check";

import { PLATFORM } from "../../../model/platform";
import { isAllowed, reachablePairs, type Attached } from "../../../model/reachability";

const container = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e", "f,g", 'h"i'),
    networks: fc.uniqueArray(fc.constantFrom("n1", "n2", "n3"), { maxLength: 3 }),
});
const containers = fc.uniqueArray(container, { selector: ({ name }) => name, maxLength: 7 });

describe("reachablePairs", () => {
    test("has a pair if and only if the two share a network", () => {
        fc.assert(
            fc.property(containers, (all) => {
                const found = new Set(reachablePairs(all).map((pair) => JSON.stringify(pair)));
                for (const a of all) {
                    for (const b of all) {
                        const share = a.name < b.name && a.networks.some((network) => b.networks.includes(network));
                        expect(found.has(JSON.stringify([a.name, b.name]))).toBe(share);
                    }
                }
            }),
        );
    });

    test("does not depend on the order of containers, and lists each pair once in order", () => {
        fc.assert(
            fc.property(containers, (all) => {
                const pairs = reachablePairs(all);
                expect(reachablePairs([...all].reverse())).toEqual(pairs);
                const keys = pairs.map((pair) => JSON.stringify(pair));
                expect(keys).toEqual([...new Set(keys)].sort());
            }),
        );
    });

    test("never shrinks when a container joins a network", () => {
        fc.assert(
            fc.property(containers, fc.nat(), (all, index) => {
                const joined: Attached[] = all.map((one, at) =>
                    at === index % (all.length || 1) ? { ...one, networks: [...one.networks, "n1"] } : one,
                );
                expect(reachablePairs(joined)).toEqual(expect.arrayContaining(reachablePairs(all)));
            }),
        );
    });

    test("example", () => {
        const all = [
            { name: "web", networks: ["web-net"] },
            { name: "api", networks: ["web-net", "db-net"] },
            { name: "db", networks: ["db-net"] },
            { name: "alone", networks: [] },
        ];
        expect(reachablePairs(all)).toEqual([
            ["api", "db"],
            ["api", "web"],
        ]);
    });
});

describe("isAllowed", () => {
    const service = (name: string, product: string, ...zones: string[]) => ({
        ...{ name, product, zones },
        ...{ kind: "application", startsAfter: [] as string[] },
    });
    const ofTenant = (name: string, ...zones: string[]) => ({ ...service(name, "p", ...zones), tenant: "t" });
    const zone = (name: string, product: string, peers: boolean) => ({ name, product, peers });
    const platform = {
        zones: [
            zone("p-net", "p", true),
            zone("p-db-net", "p", false),
            zone("vault-net", PLATFORM, true),
            zone("q-net", "q", true),
            { ...zone("p-t-net", "p", true), tenant: "t" },
        ],
        services: [
            service("a", "p", "p-net", "p-db-net"),
            service("b", "p", "p-net"),
            service("c", "p", "p-db-net", "q-net"),
            service("d", "p", "q-net"),
            service("guest", PLATFORM, "p-net", "vault-net"),
            service("other", PLATFORM, "vault-net"),
            service("stray", "q", "p-net"),
            ofTenant("e", "p-t-net", "p-net"),
            ofTenant("f", "p-t-net", "p-net"),
            { ...service("g", "p", "p-t-net", "p-net"), tenant: "u" },
            { ...service("job", "p", "p-db-net"), kind: "job" },
            { ...service("after", "p", "p-db-net"), startsAfter: ["job", "c"] },
            { ...service("stranger", "q", "p-db-net"), startsAfter: ["job"] },
        ],
        flows: [{ from: "guest", to: "a", port: 1, zone: "p-net" }],
    } as unknown as Parameters<typeof isAllowed>[0];

    test.each([
        ["peers of one product", "a", "b", true],
        ["same product, shared zone without peers", "a", "c", false],
        ["same product, no shared zone", "b", "c", false],
        ["a declared flow", "guest", "a", true],
        ["a guest in a zone of peers", "guest", "b", false],
        ["platform services in a zone of peers", "guest", "other", false],
        ["another product's service in a zone of peers", "stray", "a", false],
        ["members of one product in another's zone of peers", "c", "d", false],
        ["peers of one tenant", "e", "f", true],
        ["a tenant's service in its product's zone of peers", "e", "b", false],
        ["services of two tenants", "e", "g", false],
        ["a job and a service that waits for it", "job", "after", true],
        ["a job and a service that does not wait for it", "job", "c", false],
        ["a job and another product's service that waits for it", "job", "stranger", false],
        ["a service and one that waits for it", "c", "after", false],
        ["unknown names", "a", "nobody", false],
    ])("%s", (_, a, b, expected) => {
        expect(isAllowed(platform, a, b)).toBe(expected);
        expect(isAllowed(platform, b, a)).toBe(expected);
    });
});
