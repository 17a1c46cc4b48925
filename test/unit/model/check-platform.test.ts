import { checkPlatform } from "../../../model/check-platform";
import type { Platform, Service } from "../../../model/platform";
import type { Product } from "../../../model/product";
import type { ServiceChanges } from "../../support/stack";
import { configOf, problemsOf, resolve, shop, withApplication, withService } from "./fixtures";

/** {@link shop} beside a product that can be told apart from it. */
const desk: Product = {
    name: "desk",
    description: "Answers questions",
    zones: { app: { subnet: 51 } },
    services: { bot: { kind: "application", image: "ghcr.io/acme/bot", port: 7000, zones: ["app"] } },
};
const both = configOf({ products: [{ name: "shop" }, { name: "desk" }] });
const platform = resolve([shop, desk], both);

function changed(name: string, change: (service: Service) => ServiceChanges): Platform {
    const services = platform.services.map((s) => (s.name === name ? ({ ...s, ...change(s) } as Service) : s));
    return { ...platform, services };
}

const joins =
    (...zones: string[]) =>
    (service: Service): ServiceChanges => ({ zones: [...service.zones, ...zones] });

test("a resolved platform has no problems", () => {
    expect(checkPlatform(platform)).toEqual([]);
});

describe("through product data", () => {
    const inShop = (product: Product, config = configOf()) => problemsOf(() => resolve([product], config));

    test("a zone that the product does not have is one problem, not two", () => {
        const zones = { web: shop.zones.web, data: shop.zones.data };
        const services = { web: { ...shop.services.web, calls: [], zones: ["web", "app"] as const } };
        expect(inShop({ ...shop, zones, services }).map(({ key, value }) => [key, value])).toEqual([
            ["shop/web zones", "web, app"],
        ]);
    });

    test("a call without a zone in common", () => {
        expect(inShop(withService("web", { calls: ["api", "worker"] }))).toEqual([
            {
                key: "shop/web calls",
                value: '"worker"',
                accepted: "a service with a zone in common: web is in web, worker is in app, data".replace(
                    "worker is",
                    "worker",
                ),
                next: "add one of those zones to the other service in products/shop.ts",
            },
        ]);
    });

    test("an undeclared pair in a zone without peers", () => {
        expect(inShop(withApplication("more", {}))).toEqual([
            {
                key: "zone shop-net",
                value: "shop-api with shop-more, shop-more with shop-worker",
                accepted: "members that call each other, or `peers: true` for members of one product",
                next: "declare the call, let one of the two leave the zone, or make the zone's members peers",
            },
        ]);
    });

    test("peers do not cover the edge: whoever is in the web zone has a route or leaves", () => {
        const product = {
            ...withApplication("more", { zones: ["web"] }),
            zones: { ...shop.zones, web: { subnet: 40, peers: true } },
        };
        expect(inShop(product)).toEqual([
            {
                key: "zone shop-web-net",
                value: "edge with shop-more",
                accepted: "members that call each other, or `peers: true` for members of one product",
                next: "declare the call, let one of the two leave the zone, or make the zone's members peers",
            },
        ]);
    });

    test("a data zone without peers asks for every pair", () => {
        expect(
            inShop({ ...shop, zones: { ...shop.zones, data: { subnet: 42 } } }).map(({ key, value }) => [key, value]),
        ).toEqual([["zone shop-db-net", "shop-cache with shop-db, shop-db with shop-worker"]]);
    });

    test("a guest in a data zone that no store knows", () => {
        const product = { ...withApplication("more", { zones: ["app", "data"], calls: ["api", "worker"] }) };
        expect(inShop(product)).toEqual([
            {
                key: "shop-more zones",
                value: "shop-db-net",
                accepted: "stores and their clients: shop-db, shop-cache does not have shop-more among them",
                next: "leave shop-db-net, or name the service in `clients` of the store it needs",
            },
        ]);
    });

    test("two products on one subnet", () => {
        const product = { ...desk, zones: { app: { subnet: 41 } } };
        const problem = (zone: string, subnet: string) => ({
            key: `zone desk-${zone} subnet`,
            value: `"${subnet}"`,
            accepted: `a subnet of its own: this belongs to zone shop-${zone}`,
            next: "choose another one in products/desk.ts or products/shop.ts",
        });
        expect(problemsOf(() => resolve([shop, product], both))).toEqual([
            problem("net", "172.22.41.0/24"),
            // What follows from it: that of the zone in which agents meet Vault.
            problem("agent-net", "172.22.141.0/24"),
        ]);
    });

    test("a product on the subnet of the edge", () => {
        expect(
            inShop({ ...shop, zones: { ...shop.zones, app: { subnet: 0 } } }).map(({ key, accepted }) => [
                key,
                accepted,
            ]),
        ).toEqual([["zone shop-net subnet", "a subnet of its own: this belongs to edge-net"]]);
    });

    test("two services of the same full name", () => {
        const product: Product = { ...desk, name: "a", services: { "b-c": desk.services["bot"]! } };
        const other: Product = {
            ...desk,
            name: "a-b",
            zones: { app: { subnet: 52 } },
            services: { c: desk.services["bot"]! },
        };
        const config = configOf({ products: [{ name: "a" }, { name: "a-b" }] });
        expect(problemsOf(() => resolve([product, other], config))).toContainEqual({
            key: "a-b/c service",
            value: '"a-b-c"',
            accepted: "a service name of its own: this belongs to a/b-c",
            next: "choose another one in products/a-b.ts or products/a.ts",
        });
    });

    test("two zones of the same name", () => {
        const other: Product = { ...desk, name: "shop-web", zones: { app: { subnet: 52 } } };
        const config = configOf({ products: [{ name: "shop" }, { name: "shop-web" }] });
        expect(problemsOf(() => resolve([shop, other], config))).toContainEqual({
            key: "shop-web zone",
            value: '"shop-web-net"',
            accepted: "a zone name of its own: this belongs to shop",
            next: "choose another one in products/shop-web.ts or products/shop.ts",
        });
    });

    test("two services that answer to the same alias", () => {
        expect(
            inShop(withApplication("edge", { zones: ["web"], calls: ["web", "api"], routes: [{ host: "more" }] })),
        ).toEqual([
            {
                key: "shop/edge alias",
                value: '"edge"',
                accepted: "an alias of its own in shop-web-net: this belongs to the platform's edge",
                next: "choose another one in products/shop.ts",
            },
        ]);
    });

    test("two routes to the same place", () => {
        expect(inShop(withService("web", { routes: [{ host: "api.shop", path: "/v1" }] }))).toEqual([
            {
                key: "shop/web routes[0] path",
                value: '"api.shop.example.com/v1"',
                accepted: "a path of its own in shop: this belongs to shop/api routes[0]",
                next: "choose another one in products/shop.ts",
            },
        ]);
    });

    test("two entry points on one host port", () => {
        const config = configOf({ management: { port: 442 } });
        expect(inShop(shop, config)).toEqual([
            {
                key: "published port 443",
                value: "https on 0.0.0.0 and vault on 127.0.0.1",
                accepted: "one entry point for a host port",
                next: "change strata:edge or strata:management.port",
            },
        ]);
    });

    test("one host port on two addresses is fine", () => {
        const edge = {
            http: { address: "192.0.2.1", port: 9400 },
            https: { address: "192.0.2.1", port: 443 },
            trustedProxies: [],
            requestTimeout: 600,
        };
        expect(() => resolve([shop], configOf({ edge }))).not.toThrow();
    });
});

test("encoded slashes go through on a host of one kind, not where the path decides who is asked for a session", () => {
    const identity = {
        keycloak: { realm: "acme", host: "auth", protect: [], consoles: [] },
    };
    const products = (auth: boolean) => [
        withService("api", {
            routes: [
                { path: "/v1", encodedCharacters: true },
                { path: "/v2", auth },
            ],
        }),
    ];
    const config = configOf({ identity });
    expect(() => resolve(products(false), config)).not.toThrow();
    expect(problemsOf(() => resolve(products(true), config))).toContainEqual({
        key: "shop-api route shop.example.com/v1 encodedCharacters",
        value: "true",
        accepted: "false, on a host where some paths ask for a session and others do not",
        next: "give the protected paths a host of their own, or take encodedCharacters out",
    });
});

/** What product data cannot express, so only a defect of the resolver would bring it about. */
describe("on a changed platform", () => {
    test("a zone that crosses products", () => {
        expect(checkPlatform(changed("desk-bot", joins("shop-net")))).toEqual([
            {
                key: "desk-bot zones",
                value: "shop-net of shop",
                accepted: "zones of desk: products share none",
                next: "leave shop-net; call shop through the edge",
            },
            {
                key: "zone shop-net",
                value: "desk-bot with shop-api, desk-bot with shop-worker",
                accepted: "members that call each other, or `peers: true` for members of one product",
                next: "declare the call, let one of the two leave the zone, or make the zone's members peers",
            },
        ]);
    });

    test("a platform service other than the edge in a product's zone", () => {
        expect(checkPlatform(changed("vault", joins("shop-web-net")))[0]).toEqual({
            key: "vault zones",
            value: "shop-web-net of shop",
            accepted: "zones of platform: products share none",
            next: "leave shop-web-net; call shop through the edge",
        });
    });

    test("the edge in an app zone", () => {
        expect(checkPlatform(changed("edge", joins("desk-net")))[0]).toEqual({
            key: "edge zones",
            value: "desk-net (app)",
            accepted: "web zones of products: the edge never joins app or data zones",
            next: "move what it serves into the web zone of desk",
        });
    });

    test("an unknown zone", () => {
        expect(checkPlatform(changed("desk-bot", joins("lost-net")))).toEqual([
            {
                key: "desk-bot zones",
                value: "lost-net",
                accepted: "a zone of the platform",
                next: "declare the zone or leave it",
            },
        ]);
    });

    test("flows: to nowhere, outside their zone, to a closed port, between products", () => {
        const extra = [
            { from: "shop-api", to: "gone", port: 1, zone: "shop-net" },
            { from: "shop-api", to: "shop-worker", port: 9001, zone: "shop-net" },
            { from: "desk-bot", to: "shop-worker", port: 9000, zone: "desk-net" },
        ];
        expect(checkPlatform({ ...platform, flows: [...platform.flows, ...extra] })).toEqual([
            {
                key: "flow shop-api -> gone:1",
                value: "no service gone",
                accepted: "two services of the platform",
                next: "correct the call or drop it",
            },
            {
                key: "flow shop-api -> shop-worker:9001",
                value: "9001",
                accepted: "a port that shop-worker listens on: 9000",
                next: "correct the port of the service that is called",
            },
            {
                key: "flow desk-bot -> shop-worker:9000",
                value: "through desk-net, where shop-worker is not",
                accepted: "a zone that both are in",
                next: "let shop-worker join desk-net, or drop the call",
            },
            {
                key: "flow desk-bot -> shop-worker:9000",
                value: "from desk to shop",
                accepted: "flows within a product",
                next: "call the other product's public route",
            },
        ]);
    });

    test("a port published by anything but the edge", () => {
        const published = [{ name: "db", internal: 5432, external: 5432, address: "0.0.0.0" }];
        expect(checkPlatform(changed("shop-db", () => ({ published })))).toEqual([
            {
                key: "shop-db published",
                value: "0.0.0.0:5432",
                accepted: "none: only the edge publishes ports",
                next: "reach it through a route, or through a management entry point of the edge",
            },
        ]);
    });

    test("a third zone with a way out", () => {
        const zones = platform.zones.map((zone) => (zone.name === "vault-net" ? { ...zone, internal: false } : zone));
        expect(checkPlatform({ ...platform, zones })).toEqual([
            {
                key: "zone vault-net",
                value: "with a way out",
                accepted: "internal: only edge-net and egress-net have a way out",
                next: "make the zone internal, or name it as `wayOut` of the kind that needs it",
            },
        ]);
    });

    test("a product's zone with the name of one that has a way out", () => {
        const zones = platform.zones.map((zone) => (zone.name === "edge-net" ? { ...zone, product: "shop" } : zone));
        expect(checkPlatform({ ...platform, zones }).map(({ key }) => key)).toContain("zone edge-net");
    });

    test("a service in another kind's zone with a way out", () => {
        expect(checkPlatform(changed("vault", joins("edge-net")))).toContainEqual({
            key: "vault zones",
            value: "edge-net",
            accepted: "internal zones: only services of the kind that names the zone as its `wayOut` are in it",
            next: "leave edge-net, and declare what vault needs outside as `egress`",
        });
    });

    test("a name that DNS cannot carry", () => {
        expect(checkPlatform({ ...platform, environment: "e".repeat(60) })[0]).toEqual({
            key: `container ${"e".repeat(60)}-vault`,
            value: "66 characters",
            accepted: "at most 63, the longest name that DNS can carry",
            next: "shorten the name of the stack, the product or the service",
        });
    });
});
