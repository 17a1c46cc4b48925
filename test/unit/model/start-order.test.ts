import fc from "fast-check";

import { startOrder } from "../../../model/start-order";

const names = ["a", "b", "c", "d", "e", "f"];
const services = fc.tuple(...names.map((name) => fc.subarray(names).map((after) => ({ name, after }))));

describe("startOrder", () => {
    test("either starts everyone after those they wait for, or names a real cycle", () => {
        fc.assert(
            fc.property(services, (all) => {
                const result = startOrder(all);
                if ("order" in result) {
                    expect([...result.order].sort()).toEqual(names);
                    for (const { name, after } of all) {
                        for (const other of after) {
                            expect(result.order.indexOf(other)).toBeLessThan(result.order.indexOf(name));
                        }
                    }
                } else {
                    const { cycle } = result;
                    expect(cycle.length).toBeGreaterThan(1);
                    expect(cycle[0]).toBe(cycle.at(-1));
                    cycle.slice(1).forEach((name, index) => {
                        expect(all.find((service) => service.name === cycle[index])?.after).toContain(name);
                    });
                }
            }),
        );
    });

    test("keeps the given order where nothing asks for another", () => {
        const all = [
            { name: "z", after: [] },
            { name: "m", after: ["b"] },
            { name: "a", after: [] },
            { name: "b", after: ["elsewhere"] },
        ];
        expect(startOrder(all)).toEqual({ order: ["z", "b", "m", "a"] });
    });

    test("names the cycle only, not the way to it", () => {
        const all = [
            { name: "entry", after: ["x"] },
            { name: "x", after: ["y"] },
            { name: "y", after: ["x"] },
        ];
        expect(startOrder(all)).toEqual({ cycle: ["x", "y", "x"] });
        expect(startOrder([{ name: "self", after: ["self"] }])).toEqual({ cycle: ["self", "self"] });
    });
});
