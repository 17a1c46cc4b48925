/** A service with several containers: what each of them is called, what may have them, and what everybody else sees of it. */

import { checkPlatform } from "../../../model/check-platform";
import { checkProduct } from "../../../model/check-product";
import { instancesOf, replicasOf } from "../../../model/instances";
import { containerLabels, containerNames, labelledInstance, physicalNames } from "../../../model/names";
import type { Service } from "../../../model/platform";
import type { Product } from "../../../model/product";
import { isAllowed } from "../../../model/reachability";
import { configOf, problemsOf, resolve, shop, withService } from "./fixtures";

const instances = { replicas: 3, ready: "/health", drain: 5 };
const api = { name: "shop-api", product: "shop", layer: "products", zones: ["shop-net"], instances } as const;
const twice = withService("api", { replicas: 2 });
const find = (name: string, product: Product = twice, config = configOf()): Service =>
    resolve([product], config).services.find((service) => service.name === name)!;

describe("names", () => {
    test("the first instance has the service's name, the others a number behind it", () => {
        expect(instancesOf(api).map(({ name }) => name)).toEqual(["shop-api", "shop-api-2", "shop-api-3"]);
        expect(instancesOf({ name: "shop-api" })).toEqual([{ replica: 1, name: "shop-api" }]);
        expect(containerNames("staging", api)).toEqual([
            "staging-shop-api",
            "staging-shop-api-2",
            "staging-shop-api-3",
        ]);
    });

    test("labels of the first are those of a service with one; the others say which they are", () => {
        expect(Object.keys(containerLabels("staging", api))).not.toContain("strata.replica");
        expect(containerLabels("staging", api, 2)).toEqual({
            ...containerLabels("staging", api),
            "strata.replica": "2",
        });
        for (const { replica, name } of instancesOf(api)) {
            const labels = containerLabels("staging", api, replica);
            expect(labels["strata.service"]).toBe("shop-api");
            expect(labelledInstance(labels)).toBe(name);
        }
        expect(labelledInstance({})).toBeUndefined();
    });

    test("every container is among the names that are looked for before an update", () => {
        const { container } = physicalNames({ environment: "staging", services: [api], zones: [] });
        expect(container).toEqual([
            ...containerNames("staging", api),
            "staging-shop-api-writer",
            "staging-shop-api-owner",
        ]);
    });

    test("are claimed: no service is called like an instance of another", () => {
        const clash = {
            ...twice.services,
            "api-2": { ...shop.services.worker, zones: ["app"] },
        } as Product["services"];
        expect(problemsOf(() => resolve([{ ...twice, services: clash }]))).toContainEqual(
            expect.objectContaining({ key: "shop/api-2 service", value: '"shop-api-2"' }),
        );
    });

    test("are claimed in each zone as host names, which the engine's DNS answers", () => {
        const services = {
            ...twice.services,
            // Its first alias is the host name of the second instance of shop/api.
            "shop-api-2": { ...shop.services.worker, zones: ["app"] },
        } as Product["services"];
        const zones = { ...shop.zones, app: { ...shop.zones.app, peers: true } };
        const problems = (product: Product): string[] =>
            problemsOf(() => resolve([{ ...product, zones }])).map(({ key, value }) => `${key} ${value}`);
        expect(problems({ ...twice, services })).toEqual(['shop/shop-api-2 alias "shop-api-2"']);
        expect(() => resolve([{ ...shop, zones, services: { ...services, api: shop.services.api } }])).not.toThrow();
    });

    test("fit into DNS, the longest of them too", () => {
        const environment = "e".repeat(54);
        const keys = checkPlatform({ ...resolve([twice]), environment }).map(({ key }) => key);
        expect(keys).toContain(`container ${environment}-shop-api-2`);
        expect(keys).not.toContain(`container ${environment}-shop-api`);
    });
});

describe("an application with replicas", () => {
    test("is one service with one agent, one set of logins and one set of flows", () => {
        const [one, two] = [resolve([shop]), resolve([twice])];
        const names = ({ services }: typeof one): string[] => services.map(({ name }) => name);
        expect(names(two)).toEqual(names(one));
        expect(two.flows).toEqual(one.flows);
        expect(two.secrets).toEqual(one.secrets);
        expect(two.users).toEqual(one.users);
    });

    test("knows for how long it serves on, and at which path the edge asks it", () => {
        expect(find("shop-api").instances).toEqual({ replicas: 2, ready: "/healthz", drain: 5 });
        expect(find("shop-api").environment).toMatchObject({ DRAIN_SECONDS: "5" });
        const release = { "shop/api": `ghcr.io/acme/api@sha256:${"a".repeat(64)}` };
        const own = withService("api", { replicas: 2, ready: "/ready", drain: 20 });
        expect(find("shop-api", own, configOf({ releases: release })).instances).toEqual({
            replicas: 2,
            ready: "/ready",
            drain: 20,
        });
        expect(find("shop-api", twice, configOf({ releases: release })).instances?.ready).toBe("/health");
    });

    test("is told the number of the field, whatever its settings say", () => {
        const told = withService("api", { replicas: 2, drain: 20, environment: { DRAIN_SECONDS: "99" } });
        expect(find("shop-api", told).environment["DRAIN_SECONDS"]).toBe("20");
    });

    test("with one replica is what it was before there were any", () => {
        expect(find("shop-api", withService("api", { replicas: 1, drain: 20 }))).toEqual(find("shop-api", shop));
    });

    test("has an agent whose user may have the processes of all", () => {
        const many = withService("api", { replicas: 3, limits: { processes: 2000 } });
        expect(find("shop-api-agent", many).limits.processes).toBe(6000);
        expect(find("shop-api-agent", shop).limits.processes).toBe(4096);
    });

    test("may be one that is restarted for new secrets: with one replica it would lose the same requests", () => {
        const restarted = withService("api", { replicas: 2, command: ["/api"], reload: "restart" });
        expect(checkProduct(restarted)).toEqual([]);
    });

    test("is one to itself: its instances may reach each other", () => {
        const platform = resolve([twice]);
        // In no zone with peers, and without a flow to itself.
        expect(isAllowed(platform, "shop-web", "shop-web")).toBe(true);
        expect(isAllowed(platform, "nobody", "nobody")).toBe(false);
    });
});

describe("refused", () => {
    test("replicas of a store", () => {
        expect(checkProduct(withService("db", { replicas: 2 }))).toEqual([
            {
                key: "shop/db replicas",
                value: "2",
                accepted: "1, for postgres: only applications have several replicas",
                next: "take `replicas` out in products/shop.ts; `limits` make the service larger",
            },
        ]);
    });

    test.each([0, 1.5, 21])("%d replicas", (replicas) => {
        expect(checkProduct(withService("api", { replicas }))).toEqual([
            expect.objectContaining({ key: "shop/api replicas", accepted: "a whole number from 1 to 20" }),
        ]);
    });

    test("a drain that ends before the edge has noticed", () => {
        expect(checkProduct(withService("api", { replicas: 2, drain: 2 }))).toEqual([
            expect.objectContaining({ key: "shop/api drain", accepted: "whole seconds from 3 to 300" }),
        ]);
    });

    describe("more containers in a zone than it has addresses", () => {
        /** A product of so many applications in one zone, with 20 replicas each, and one application without. */
        const crowd = (count: number): Product => {
            const one = { ...shop.services.worker, zones: ["app"] };
            const many = Array.from({ length: count }, (_, n) => [`w${n}`, { ...one, replicas: 20 }]);
            const services = Object.fromEntries([...many, ["single", { ...one, port: 80 }]]) as Product["services"];
            return { ...shop, zones: { app: { subnet: 41, peers: true } }, services };
        };

        test("are one problem, which comes together with all others", () => {
            const problems = problemsOf(() => resolve([crowd(13)]));
            expect(problems.map(({ key }) => key)).toEqual(["shop/single port", "zone shop-net"]);
            const [, zone] = problems;
            expect(zone?.value).toMatch(/^261 containers \(20 of shop-w0, .*, 20 of shop-w12\)$/);
            expect(zone?.accepted).toBe("at most 253: 172.22.41.0/24 has no more addresses");
            expect(zone?.next).toContain("strata:products");
        });

        test("begin with the 254th container, whoever has it", () => {
            const platform = resolve([shop]);
            const others = platform.services.filter(({ zones }) => zones.includes("shop-db-net")).length - 1;
            const found = (replicas: number): string[] => {
                const services = platform.services.map((service) =>
                    service.name === "shop-worker" ? { ...service, instances: { ...instances, replicas } } : service,
                );
                const problems = checkPlatform({ ...platform, services });
                return problems.filter(({ key }) => key === "zone shop-db-net").map(({ value }) => value ?? "");
            };
            expect(others).toBeGreaterThan(2);
            expect(found(253 - others)).toEqual([]);
            expect(found(254 - others)).toEqual([`254 containers (${254 - others} of shop-worker)`]);
        });
    });

    test("replicas of what a layer brings", () => {
        const platform = resolve([shop]);
        const services = platform.services.map((service) =>
            service.name === "edge" ? { ...service, instances } : service,
        );
        expect(checkPlatform({ ...platform, services })).toEqual([
            expect.objectContaining({
                key: "edge replicas",
                value: "3",
                accepted: "1: only applications have several instances",
            }),
        ]);
    });
});

describe("a stack's own number", () => {
    const stackWith = (replicas: Readonly<Record<string, number>>, services?: readonly string[]) =>
        configOf({ products: [{ name: "shop", replicas, ...(services && { services }) }] });

    test("replaces the product's", () => {
        expect(replicasOf(find("shop-worker", shop, stackWith({ worker: 4 })))).toBe(4);
        expect(replicasOf(find("shop-api", twice, stackWith({ api: 1 })))).toBe(1);
        expect(replicasOf(find("shop-api", twice, stackWith({})))).toBe(2);
    });

    test("is nobody's who is not named in it, whatever the service is called", () => {
        const services = { ...shop.services, constructor: { ...shop.services.worker, zones: ["app"] } };
        const named = { ...shop, zones: { ...shop.zones, app: { ...shop.zones.app, peers: true } }, services };
        expect(find("shop-constructor", named as Product).instances).toBeUndefined();
    });

    test("is for applications that run", () => {
        const wrong = problemsOf(() => resolve([shop], stackWith({ db: 2, wroker: 2, web: 2 }, ["api", "worker"])));
        expect(wrong).toEqual([
            {
                key: "strata:products[0].replicas.db",
                value: "2",
                accepted: "replicas of applications that the stack runs: shop/worker, shop/api",
                next: "correct the name or take it out",
            },
            expect.objectContaining({
                key: "strata:products[0].replicas.wroker",
                next: 'did you mean "worker"? correct the name or take it out',
            }),
            expect.objectContaining({ key: "strata:products[0].replicas.web" }),
        ]);
    });
});
