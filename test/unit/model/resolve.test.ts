import { isOf } from "../../../components/kinds";
import type { Platform, Service } from "../../../model/platform";
import type { Product } from "../../../model/product";
import { isAllowed, reachablePairs } from "../../../model/reachability";
import { imageReference } from "../../../model/images";
import type { StackConfig } from "../../../model/stack-config";
import { configOf, problemsOf, resolve, shop, withApplication, withService } from "./fixtures";

function find(platform: Platform, name: string): Service {
    const service = platform.services.find((candidate) => candidate.name === name);
    if (service === undefined) {
        throw new Error(`no service ${name}`);
    }
    return service;
}

describe("the platform of one product", () => {
    const platform = resolve();

    test("zones", () => {
        const base = { internal: true, peers: false };
        expect(platform.zones).toEqual([
            {
                ...base,
                name: "vault-net",
                product: "platform",
                tier: "platform",
                subnet: "172.22.5.0/24",
                gateway: "172.22.5.1",
            },
            {
                ...base,
                name: "edge-net",
                product: "platform",
                tier: "edge",
                subnet: "172.22.0.0/24",
                gateway: "172.22.0.1",
                internal: false,
            },
            {
                ...base,
                name: "shop-net",
                product: "shop",
                tier: "app",
                subnet: "172.22.41.0/24",
                gateway: "172.22.41.1",
            },
            {
                ...base,
                name: "shop-web-net",
                product: "shop",
                tier: "web",
                subnet: "172.22.40.0/24",
                gateway: "172.22.40.1",
            },
            {
                ...base,
                name: "shop-db-net",
                product: "shop",
                tier: "data",
                subnet: "172.22.42.0/24",
                gateway: "172.22.42.1",
                peers: true,
            },
            {
                ...base,
                name: "shop-vault-net",
                product: "shop",
                tier: "data",
                subnet: "172.22.142.0/24",
                gateway: "172.22.142.1",
            },
            {
                ...base,
                name: "shop-agent-net",
                product: "shop",
                tier: "app",
                subnet: "172.22.141.0/24",
                gateway: "172.22.141.1",
                peers: true,
            },
        ]);
    });

    test("services in start order, in their zones", () => {
        expect(platform.services.map(({ name, zones, startsAfter }) => [name, zones, startsAfter])).toEqual([
            ["vault", ["vault-net", "shop-vault-net", "shop-agent-net"], []],
            ["edge", ["edge-net", "vault-net", "shop-web-net"], []],
            ["shop-db", ["shop-db-net", "shop-vault-net"], []],
            ["shop-cache", ["shop-db-net"], []],
            ["shop-worker-agent", ["shop-agent-net"], ["vault"]],
            ["shop-worker", ["shop-net", "shop-db-net"], ["shop-worker-agent", "vault", "shop-cache"]],
            ["shop-api-agent", ["shop-agent-net"], ["vault"]],
            [
                "shop-api",
                ["shop-net", "shop-web-net", "shop-db-net"],
                ["shop-api-agent", "vault", "shop-db", "shop-cache", "shop-worker"],
            ],
            ["shop-web-agent", ["shop-agent-net"], ["vault"]],
            ["shop-web", ["shop-web-net"], ["shop-web-agent", "vault", "shop-api"]],
        ]);
    });

    test("flows, each through the zone that is meant for it", () => {
        expect(platform.flows).toEqual([
            { from: "shop-worker", to: "shop-cache", port: 6379, zone: "shop-db-net" },
            { from: "shop-api", to: "shop-db", port: 5432, zone: "shop-db-net" },
            { from: "shop-api", to: "shop-cache", port: 6379, zone: "shop-db-net" },
            { from: "shop-api", to: "shop-worker", port: 9000, zone: "shop-net" },
            { from: "shop-web", to: "shop-api", port: 8000, zone: "shop-web-net" },
            { from: "vault", to: "shop-db", port: 5432, zone: "shop-vault-net" },
            { from: "shop-worker-agent", to: "vault", port: 8200, zone: "shop-agent-net" },
            { from: "shop-api-agent", to: "vault", port: 8200, zone: "shop-agent-net" },
            { from: "shop-web-agent", to: "vault", port: 8200, zone: "shop-agent-net" },
            { from: "edge", to: "shop-api", port: 8000, zone: "shop-web-net" },
            { from: "edge", to: "shop-web", port: 3000, zone: "shop-web-net" },
            { from: "edge", to: "vault", port: 8200, zone: "vault-net" },
        ]);
    });

    test("an application, whole", () => {
        expect(find(platform, "shop-api")).toEqual({
            name: "shop-api",
            product: "shop",
            layer: "products",
            kind: "application",
            image: "reference-app",
            zones: ["shop-net", "shop-web-net", "shop-db-net"],
            aliases: ["api", "shop-api"],
            ports: { http: 8000 },
            published: [],
            routes: [{ host: "api.shop.example.com", path: "/v1", port: 8000, rateLimit: 20, auth: false }],
            limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
            healthCheck: {
                test: ["CMD", "podcli", "check", "http", "127.0.0.1:8000/healthz"],
                interval: 30,
                timeout: 10,
                retries: 3,
                startPeriod: 15,
            },
            startsAfter: ["shop-api-agent", "vault", "shop-db", "shop-cache", "shop-worker"],
            environment: { PODINFO_PORT: "8000" },
            spec: {},
        });
    });

    test("a route without a host is at the product's own", () => {
        expect(find(platform, "shop-web").routes).toEqual([
            { host: "shop.example.com", path: "/", port: 3000, rateLimit: 100, auth: false },
        ]);
    });

    test("stores know their databases, users and clients", () => {
        expect(find(platform, "shop-db").spec).toEqual({
            databases: [{ name: "shop_local", role: "shop", extensions: ["vector"], clients: ["shop-api"] }],
        });
        expect(find(platform, "shop-cache").spec).toEqual({
            users: [
                { name: "api", keyPrefix: "api:", client: "shop-api" },
                { name: "worker", keyPrefix: "worker:", client: "shop-worker" },
            ],
        });
    });

    test("only the edge publishes, management on the loopback only", () => {
        expect(
            platform.services.flatMap(({ name, published }) => published.map((port) => ({ service: name, ...port }))),
        ).toEqual([
            { service: "edge", name: "http", internal: 8080, external: 80, address: "0.0.0.0" },
            { service: "edge", name: "https", internal: 8443, external: 443, address: "0.0.0.0" },
            { service: "edge", name: "traefik", internal: 9000, external: 9400, address: "127.0.0.1" },
            { service: "edge", name: "vault", internal: 9001, external: 9401, address: "127.0.0.1" },
        ]);
    });

    test("everyone who meets in a zone is allowed to", () => {
        const pairs = reachablePairs(platform.services.map(({ name, zones }) => ({ name, networks: zones })));
        expect(pairs.filter(([a, b]) => !isAllowed(platform, a, b))).toEqual([]);
        expect(pairs).not.toContainEqual(["edge", "shop-db"]);
        expect(pairs).not.toContainEqual(["shop-db", "shop-web"]);
        expect(pairs).not.toContainEqual(["shop-web", "shop-worker"]);
    });

    test("survives JSON, so that it can be the input of a component", () => {
        expect(JSON.parse(JSON.stringify(platform))).toEqual(platform);
    });
});

describe("configuration shapes the platform", () => {
    test("a list of services brings their stores along and drops calls to what is not listed", () => {
        const platform = resolve([shop], configOf({ products: [{ name: "shop", services: ["web", "worker"] }] }));
        expect(platform.services.map(({ name }) => name)).toEqual([
            "vault",
            "edge",
            "shop-cache",
            "shop-worker-agent",
            "shop-worker",
            "shop-web-agent",
            "shop-web",
        ]);
        expect(find(platform, "shop-web").startsAfter).toEqual(["shop-web-agent", "vault"]);
        expect(find(platform, "shop-cache").spec).toMatchObject({ users: [{ client: "shop-worker" }] });
        expect(platform.flows.map(({ from, to }) => `${from} ${to}`)).toEqual([
            "shop-worker shop-cache",
            "shop-worker-agent vault",
            "shop-web-agent vault",
            "edge shop-web",
            "edge vault",
        ]);
    });

    test("a database outlives the last of its clients", () => {
        const platform = resolve([shop], configOf({ products: [{ name: "shop", services: ["db"] }] }));
        expect(find(platform, "shop-db").spec).toEqual({
            databases: [{ name: "shop_local", role: "shop", extensions: ["vector"], clients: [] }],
        });
        expect(platform.zones.map(({ name }) => name)).not.toContain("shop-net");
        expect(find(platform, "edge").zones).toEqual(["edge-net", "vault-net"]);
    });

    test("the edge stays out of a web zone in which nothing has a route", () => {
        const services = { web: { ...shop.services.web, routes: [], calls: [] } };
        const platform = resolve([{ ...shop, services }]);
        expect(find(platform, "shop-web").zones).toEqual(["shop-web-net"]);
        expect(find(platform, "edge").zones).toEqual(["edge-net", "vault-net"]);
    });

    test("a layer that asks for no database brings no Postgres of the platform's, and no zone for it", () => {
        const platform = resolve();
        expect(platform.services.map(({ name }) => name)).not.toContain("postgres");
        expect(platform.zones.map(({ name }) => name)).not.toContain("platform-db-net");
    });

    test("the interval of health checks is the stack's", () => {
        const platform = resolve([shop], configOf({ healthCheckInterval: 5 }));
        expect(new Set(platform.services.map(({ healthCheck }) => healthCheck.interval))).toEqual(new Set([5]));
    });

    test("a release runs in place of the reference application, checked in its product's own way", () => {
        const release = `ghcr.io/acme/api@sha256:${"a".repeat(64)}`;
        const product = withService("api", { healthCheck: { test: ["CMD", "/api", "ping"], timeout: 3 } });
        const config = configOf({ releases: { "shop/api": release } });
        const api = find(resolve([product], config), "shop-api");
        expect(api.image).toBe(release);
        expect(api.healthCheck).toEqual({
            test: ["CMD", "/api", "ping"],
            interval: 30,
            timeout: 3,
            retries: 3,
            startPeriod: 60,
        });
        expect(imageReference(config.images, api)).toBe(release);

        const reference = find(resolve([product]), "shop-api");
        expect(reference.healthCheck).toEqual({
            test: ["CMD", "podcli", "check", "http", "127.0.0.1:8000/healthz"],
            interval: 30,
            timeout: 3,
            retries: 3,
            startPeriod: 15,
        });
        expect(imageReference(config.images, reference)).toBe(config.images["reference-app"]);
    });

    const digest = configOf().images["reference-app"].split("@")[1]!;
    const other = `sha256:${"1".repeat(64)}`;

    test.each<[string, StackConfig["standIn"]]>([
        [`registry.example/mirror/podinfo@${digest}`, "auto"],
        [`registry.example:5000/x@${digest}`, "auto"],
        [`registry.example/x@${other}`, "podinfo"],
    ])("podinfo as %s (%s) is asked with its own program, on its own port", (image, standIn) => {
        const images = { ...configOf().images, "reference-app": image };
        const api = find(resolve([shop], configOf({ images, standIn })), "shop-api");
        expect(api.healthCheck.test).toEqual(["CMD", "podcli", "check", "http", "127.0.0.1:8000/healthz"]);
        expect(api.environment).toEqual({ PODINFO_PORT: "8000" });
    });

    test.each<[string, StackConfig["standIn"]]>([
        [`ghcr.io/acme/strata-reference-app@${other}`, "auto"],
        [`registry.example/podinfo:1@${other}`, "auto"],
        [`registry.example/x@${digest}`, "reference-app"],
    ])("the reference app as %s (%s) checks itself", (image, standIn) => {
        const images = { ...configOf().images, "reference-app": image };
        const api = find(resolve([shop], configOf({ images, standIn })), "shop-api");
        expect(api.healthCheck.test).toEqual(["CMD", "/reference-app", "--healthcheck"]);
        expect(api.environment).toEqual({ PORT: "8000" });
    });

    test.each([`ghcr.io/acme/podinfo:1@${other}`, `strata.invalid/reference-app@${other}`])(
        "a release is itself, whatever it is called (%s)",
        (release) => {
            const api = find(resolve([shop], configOf({ releases: { "shop/api": release } })), "shop-api");
            expect(api.healthCheck.test).toEqual(["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8000/health"]);
            expect(api.environment).toEqual({ PORT: "8000" });
        },
    );

    test.each(["strata.invalid/reference-app:0123456789ab", `sha256:${"0".repeat(64)}`])(
        "the stand-in made here (%s) checks itself and takes its port from PORT",
        (own) => {
            const api = find(
                resolve([shop], configOf({ images: { ...configOf().images, "reference-app": own } })),
                "shop-api",
            );
            expect(api.healthCheck.test).toEqual(["CMD", "/reference-app", "--healthcheck"]);
            expect(api.environment).toEqual({ PORT: "8000" });
        },
    );

    test("products keep the order of the configuration", () => {
        const other: Product = { name: "other", description: "", zones: { app: { subnet: 50 } }, services: {} };
        const config = configOf({ products: [{ name: "shop" }, { name: "other" }] });
        expect(resolve([other, shop], config).products).toEqual(["shop", "other"]);
    });
});

describe("start order", () => {
    const gateway: Product = {
        ...withService("api", { calls: ["worker", "mailer"], startsBefore: ["worker", "mailer"] }),
        zones: { ...shop.zones, app: { ...shop.zones.app, peers: true } },
    };
    const product: Product = {
        ...gateway,
        services: {
            ...gateway.services,
            mailer: { kind: "application", image: "ghcr.io/acme/mailer", port: 9100, zones: ["app"] },
        },
    };

    test("gateway, then the backends it starts before, then whoever calls the gateway", () => {
        const platform = resolve([product]);
        const after = (name: string) => find(platform, name).startsAfter.filter((other) => !other.endsWith("-agent"));
        expect(after("shop-api")).toEqual(["vault", "shop-db", "shop-cache"]);
        expect(after("shop-worker")).toEqual(["vault", "shop-cache", "shop-api"]);
        expect(after("shop-mailer")).toEqual(["vault", "shop-api"]);
        expect(after("shop-web")).toEqual(["vault", "shop-api", "shop-worker", "shop-mailer"]);
        const applications = platform.services.filter(isOf("application"));
        expect(applications.map(({ name }) => name)).toEqual(["shop-api", "shop-worker", "shop-mailer", "shop-web"]);
    });

    test("a backend that calls the gateway back does not wait for the other backends", () => {
        const worker = { ...shop.services.worker, calls: ["api"] };
        const platform = resolve([{ ...product, services: { ...product.services, worker } }]);
        expect(find(platform, "shop-worker").startsAfter).toEqual([
            "shop-worker-agent",
            "vault",
            "shop-cache",
            "shop-api",
        ]);
    });

    test("a pair that calls each other starts when one of them says who is first", () => {
        const both = withService("worker", { calls: ["api"] });
        expect(problemsOf(() => resolve([both]))).toEqual([
            {
                key: "shop-worker start order",
                value: "shop-worker -> shop-api -> shop-worker",
                accepted: "an order in which each service starts after those it calls",
                next: "name one of these calls in `startsBefore` of the service that can start without the other",
            },
        ]);
        const settled: Product = {
            ...both,
            services: { ...both.services, api: { ...shop.services.api, startsBefore: ["worker"] } },
        };
        expect(find(resolve([settled]), "shop-worker").startsAfter).toEqual([
            "shop-worker-agent",
            "vault",
            "shop-cache",
            "shop-api",
        ]);
    });
});

test("problems of all kinds come together, in one readable report", () => {
    const product = withApplication("more", { port: 80, calls: ["appi"] });
    const config = configOf({ products: [{ name: "shop", services: ["more", "wbe"] }, { name: "shpo" }] });
    let message = "";
    try {
        resolve([product], config);
    } catch (error) {
        message = (error as Error).message;
    }
    expect(message).toBe(
        [
            '4 problems in stack "local":',
            '  1. strata:products[0].services[1] is "wbe"',
            "     accepted: a service of shop: db, cache, worker, api, web, more",
            '     next: did you mean "web"? correct the name or take it out',
            '  2. strata:products[1].name is "shpo"',
            "     accepted: one of shop",
            '     next: did you mean "shop"? add the product to products/ or take it out of the list',
            "  3. shop/more port is 80",
            "     accepted: a TCP port from 1024 to 65535",
            "     next: correct it in products/shop.ts",
            '  4. shop/more calls is "appi"',
            "     accepted: another service of shop: db, cache, worker, api, web",
            '     next: did you mean "api"? correct it in products/shop.ts',
        ].join("\n"),
    );
});
