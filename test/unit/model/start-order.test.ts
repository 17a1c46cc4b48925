import fc from "fast-check";

import { startOrder } from "../../../model/start-order";

const names = ["a", "b", "c", "d", "e", "f"];
const services = fc.tuple(...names.map((name) => fc.subarray(names).map((startsAfter) => ({ name, startsAfter }))));

describe("startOrder", () => {
    test("either starts everyone after those they wait for, or names a real cycle", () => {
        fc.assert(
            fc.property(services, (all) => {
                const result = startOrder(all);
                if ("order" in result) {
                    expect([...result.order].sort()).toEqual(names);
                    for (const { name, startsAfter } of all) {
                        for (const other of startsAfter) {
                            expect(result.order.indexOf(other)).toBeLessThan(result.order.indexOf(name));
                        }
                    }
                } else {
                    const { cycle } = result;
                    expect(cycle.length).toBeGreaterThan(1);
                    expect(cycle[0]).toBe(cycle.at(-1));
                    cycle.slice(1).forEach((name, index) => {
                        expect(all.find((service) => service.name === cycle[index])?.startsAfter).toContain(name);
                    });
                }
            }),
        );
    });

    test("keeps the given order where nothing asks for another", () => {
        const all = [
            { name: "z", startsAfter: [] },
            { name: "m", startsAfter: ["b"] },
            { name: "a", startsAfter: [] },
            { name: "b", startsAfter: ["elsewhere"] },
        ];
        expect(startOrder(all)).toEqual({ order: ["z", "b", "m", "a"] });
    });

    test("names the cycle only, not the way to it", () => {
        const all = [
            { name: "entry", startsAfter: ["x"] },
            { name: "x", startsAfter: ["y"] },
            { name: "y", startsAfter: ["x"] },
        ];
        expect(startOrder(all)).toEqual({ cycle: ["x", "y", "x"] });
        expect(startOrder([{ name: "self", startsAfter: ["self"] }])).toEqual({ cycle: ["self", "self"] });
    });
});
