import { certificateNames } from "../../../components/edge/traefik/traefik";
import { parseConfig } from "../../../config/load";
import { type Claim, checkClaims } from "../../../model/claims";
import type { Problem } from "../../../model/problems";
import type { Product, ProductIdentity, ProductRoute } from "../../../model/product";
import { resolvePlatform } from "../../../model/resolve";
import type { StackConfig } from "../../../model/stack-config";
import { products } from "../../../products";
import { configOf, problemsOf, resolve, shop, withApplication, withLogins, withService } from "./fixtures";

const KEYCLOAK = { realm: "acme", host: "auth", protect: [], consoles: [] } as const;
const withKeycloak = (
    changes: Partial<NonNullable<StackConfig["identity"]>["keycloak"]> = {},
): Partial<StackConfig> => ({
    identity: { keycloak: { ...KEYCLOAK, ...changes } },
});

/** A second product that takes nothing of {@link shop}'s, with one routed service. */
const desk = (changes: Partial<Product> = {}, route: ProductRoute = {}): Product => ({
    name: "desk",
    description: "Answers questions",
    zones: { web: { subnet: 50 }, app: { subnet: 51 }, data: { subnet: 52, peers: true } },
    services: {
        bot: { kind: "application", image: "ghcr.io/acme/bot", port: 7000, zones: ["web", "app"], routes: [route] },
    },
    ...changes,
});
const bot = desk().services["bot"]!;

function both(product: Product, changes: Partial<StackConfig> = {}): readonly Problem[] {
    const config = configOf({ products: [{ name: "shop" }, { name: product.name }], ...changes });
    try {
        resolve([shop, product], config);
        return [];
    } catch {
        return problemsOf(() => resolve([shop, product], config));
    }
}

const alone = (product: Product, changes: Partial<StackConfig> = {}): readonly Problem[] =>
    problemsOf(() => resolve([product], configOf({ products: [{ name: product.name }], ...changes })));
const keys = (problems: readonly Problem[]): string[] => problems.map(({ key, value }) => `${key} is ${value}`);

test("two products that keep to themselves have no problem, with all layers and without", () => {
    expect(both(desk())).toEqual([]);
    expect(both(desk(), { identity: { keycloak: { ...KEYCLOAK, consoles: ["vault"] } } })).toEqual([]);
});

describe("a host belongs to one product, with everything below it", () => {
    test.each<[string, ProductRoute, Partial<StackConfig>, string]>([
        ["Keycloak's tokens", { host: "auth", path: "/realms/acme/protocol/" }, withKeycloak(), "Keycloak"],
        ["Keycloak's pages", { host: "auth", path: "/realms/acme/login-actions" }, withKeycloak(), "Keycloak"],
        ["Keycloak's host, anywhere on it", { host: "auth", path: "/shop" }, withKeycloak(), "Keycloak"],
        ["below Keycloak's", { host: "x.auth" }, withKeycloak(), "Keycloak"],
        ["Keycloak's by another name", { host: "login" }, withKeycloak({ host: "login" }), "Keycloak"],
        ["Keycloak's usual one", { host: "auth" }, withKeycloak({ host: "login" }), "Keycloak"],
        ["Keycloak's in a stack without it", { host: "auth" }, {}, "Keycloak"],
        [
            "Vault's API",
            { host: "vault", path: "/v1/" },
            withKeycloak({ consoles: ["vault"] }),
            "a console of the platform",
        ],
        ["Vault's in a stack without its console", { host: "vault" }, {}, "a console of the platform"],
        ["another product's", { host: "shop", path: "/login" }, {}, "shop"],
        ["another route's", { host: "api.shop", path: "/v2" }, {}, "shop"],
        ["below another product's name", { host: "desk.shop" }, {}, "shop"],
    ])("%s", (_, route, config, owner) => {
        const [problem, ...others] = both(desk({}, route), config);
        expect(problem).toMatchObject({
            key: "desk/bot routes[0] host",
            value: `"${route.host}.example.com"`,
            accepted: expect.stringMatching(
                new RegExp(
                    `^a host with everything below it of its own: .* belongs to ${owner.replace(/[[\]]/g, ".")}$`,
                ),
            ) as string,
        });
        expect(others).toEqual([]);
    });

    test("a product's name is its host, routed or not, also above what another product has", () => {
        const ai = desk({}, { host: "bot.assistant" });
        expect(both(ai)).toEqual([]);
        const assistant: Product = {
            ...shop,
            name: "assistant",
            services: { web: { ...shop.services.web, calls: [], routes: [] } },
        };
        const config = configOf({ products: [{ name: "desk" }, { name: "assistant" }] });
        const said = problemsOf(() => resolve([ai, assistant], config));
        expect(said).toMatchObject([
            {
                key: "assistant host",
                accepted: expect.stringContaining(
                    '"bot.assistant.example.com" belongs to desk/bot routes[0]',
                ) as string,
            },
            ...said.slice(1),
        ]);
    });

    test("a service that the stack leaves out keeps its host", () => {
        const config = configOf({ products: [{ name: "shop", services: ["worker"] }, { name: "desk" }] });
        expect(keys(problemsOf(() => resolve([shop, desk({}, { host: "api.shop" })], config)))).toEqual([
            'desk/bot routes[0] host is "api.shop.example.com"',
        ]);
    });

    test("Keycloak takes neither a product's host nor a console's, and the message names both places", () => {
        expect(alone(shop, withKeycloak({ host: "shop" }))).toMatchObject([
            {
                key: "shop host",
                next: "choose another one in products/shop.ts, or change strata:identity.keycloak.host",
            },
            { key: "shop/api routes[0] host" },
        ]);
        const [taken] = alone(shop, withKeycloak({ host: "vault", consoles: ["vault"] }));
        expect(taken).toMatchObject({
            key: "Keycloak host",
            value: '"vault.example.com"',
            next: "change strata:identity.keycloak.host",
        });
        expect(alone(shop, withKeycloak({ host: "vault" }))).toMatchObject([{ key: "Keycloak host" }]);
    });

    test("two routes never have one router, whose name would make one route of them", () => {
        const routes: ProductRoute[] = [{ host: "a.shop" }, { host: "b.shop" }];
        const service = { ...shop.services.api, calls: [], zones: ["web"], routes: [{ host: "c.shop" }] };
        const made = withService("api", { routes });
        const product = { ...made, zones: { ...made.zones, web: { ...made.zones.web!, peers: true } } };
        const taken = { ...product, services: { ...product.services, "api-2": service } } as Product;
        expect(alone(taken)).toMatchObject([{ key: "shop/api-2 router", value: '"shop-api-2"' }]);
        const free = { ...product, services: { ...product.services, "api-3": service } } as Product;
        expect(() => resolve([free])).not.toThrow();
    });

    test("services of one product share a host", () => {
        const routes: ProductRoute[] = [{ host: "api.shop", path: "/v2" }, {}, { host: "x.api.shop" }];
        expect(() => resolve([withService("web", { routes })])).not.toThrow();
    });

    test("no longer than DNS can carry, and the certificate names what is routed", () => {
        const label = "a".repeat(63);
        // 63 + 63 + 63 + 50 + 3 dots in front of .example.com make 254.
        const long = [label, label, label, "a".repeat(49)].join(".");
        expect(`${long}.example.com`).toHaveLength(253);
        const platform = resolve([withService("web", { routes: [{ host: long }] })]);
        expect(certificateNames(platform)).toContain(`*.${[label, label, "a".repeat(49)].join(".")}.example.com`);
        expect(keys(alone(withService("web", { routes: [{ host: `${long}a` }] })))).toEqual([
            "shop/web routes is a host of 254 characters, aaaaaaaaaaaaaaaaaaaa...",
        ]);
        expect(keys(alone(shop, withKeycloak({ host: "a".repeat(64) })))).toEqual([
            "the platform's keycloak routes is a host of 76 characters, aaaaaaaaaaaaaaaaaaaa...",
        ]);
    });
});

describe("paths", () => {
    test.each([
        "/a//b",
        "//",
        "/./a",
        "/a/..",
        "/../a",
        "/a/.",
        "/%2fadmin",
        "/a%2e",
        "/a;b",
        "/a b",
        "a",
        "",
        "/a?b",
        "/a#b",
        "/*",
        "/a/`",
        "/a\\b",
    ])("%j is refused", (path) => {
        expect(alone(withService("web", { routes: [{ path }] }))).toMatchObject([{ key: "shop/web routes[0].path" }]);
    });

    test.each(["/", "/a", "/a/", "/.well-known/x", "/a.b/..c", "/~user/v1_2-3"])("%j is accepted", (path) => {
        expect(() => resolve([withService("web", { routes: [{ path }] })])).not.toThrow();
    });

    test("are taken once, with and without a slash at the end", () => {
        const routes = [{ host: "api.shop", path: "/v1/" }];
        expect(keys(alone(withService("web", { routes })))).toEqual([
            'shop/web routes[0] path is "api.shop.example.com/v1"',
        ]);
        expect(keys(alone(withService("web", { routes: [{}, { path: "/" }] })))).toEqual([
            'shop/web routes[1] path is "shop.example.com/"',
        ]);
    });

    test("forward authentication has its own on protected hosts only", () => {
        const identity = { label: "Shop", roles: { user: { description: "Buys" } }, groups: {} };
        const product = (auth: boolean, path: string): Product => ({
            ...shop,
            identity,
            services: {
                ...shop.services,
                web: { ...shop.services.web, routes: [{ auth }] },
                api: { ...shop.services.api, routes: [{ host: "shop", path }] },
            },
        });
        for (const path of ["/oauth2", "/oauth2/", "/oauth2/callback", "/oauth2/x/y"]) {
            expect(alone(product(true, path), withKeycloak())).toMatchObject([
                {
                    key: "shop/api routes[0] path",
                    accepted: expect.stringContaining("forward authentication") as string,
                },
            ]);
            expect(() => resolve([product(false, path)], configOf(withKeycloak()))).not.toThrow();
        }
        expect(() => resolve([product(true, "/oauth2x")], configOf(withKeycloak()))).not.toThrow();
        const ends: Product = { ...product(true, "/v1"), identity: { ...identity, callback: "/oauth2/callback" } };
        expect(keys(alone(ends, withKeycloak()))).toEqual([
            'shop identity.callback callback is "shop.example.com/oauth2/callback"',
        ]);
    });
});

describe("a service is protected by whole hosts", () => {
    const identity = { label: "Shop", roles: { user: { description: "Buys" } }, groups: {} };
    const routed = (...routes: ProductRoute[]): Product => ({ ...withService("web", { routes }), identity });

    test.each([
        [[{ path: "/admin", auth: true }, {}]],
        [[{ auth: true }, { path: "/public" }]],
        [[{ host: "a.shop", path: "/x", auth: true }, { host: "b.shop" }, { host: "a.shop" }]],
    ])("%j is refused", (routes) => {
        expect(alone(routed(...routes), withKeycloak())).toMatchObject([
            {
                key: expect.stringMatching(/^shop\/web routes at /) as string,
                next: expect.stringContaining("protect all") as string,
            },
        ]);
    });

    test("a host for each, two services on one host, and what the stack protects as a whole", () => {
        const accepted = [
            routed({ host: "admin.shop", auth: true }, {}),
            routed({ path: "/a", auth: true }, { path: "/b", auth: true }),
            routed({ host: "api.shop", auth: true }),
            { ...withService("api", { routes: [{ host: "shop", path: "/v1", auth: true }] }), identity },
        ];
        for (const product of accepted) {
            expect(() => resolve([product], configOf(withKeycloak()))).not.toThrow();
        }
        const whole = configOf(withKeycloak({ protect: ["shop/web"] }));
        const shared = { ...accepted[3]! };
        expect(() => resolve([shared], whole)).not.toThrow();
        expect(() => resolve([routed({ path: "/a", auth: true }, {})], whole)).not.toThrow();
    });
});

describe("words of the platform are no products", () => {
    test.each([
        "platform",
        "vault",
        "keycloak",
        "edge",
        "postgres",
        "people",
        "people-x",
        "break-glass",
        "provisioner",
        "services",
        "oidc",
        "sys",
        "identity",
        "cubbyhole",
        "auth",
        "monitoring",
        "temporal",
    ])("%s, said once", (name) => {
        const said = [alone(desk({ name })), alone(desk({ name }), withKeycloak())];
        expect(said).toMatchObject(Array(2).fill([{ key: `${name} product`, value: `"${name}"` }]));
    });

    test("nor is what a product and a service make together a policy or a role of the platform's", () => {
        const one = (name: string, service: string) => desk({ name, services: { [service]: bot } });
        expect(keys(alone(one("break", "glass")))).toEqual(['break/glass policy is "break-glass"']);
        expect(keys(alone(one("oauth2", "proxy")))).toEqual(['oauth2/proxy service is "oauth2-proxy"']);
        expect(keys(alone(one("response", "wrapping")))).toEqual(['response/wrapping policy is "response-wrapping"']);
    });

    test("an agent, a writer and an owner have names that no service takes", () => {
        const more = (name: string): Product => withApplication(name, { calls: ["api", "worker"] });
        for (const name of ["api-agent", "api-writer", "api-owner", "db-writer", "api-agent-writer"]) {
            expect(alone(more(name))[0]).toMatchObject({ key: `shop/${name} service` });
        }
    });

    test("subnets of all layers are the platform's, in the stack or not", () => {
        for (const subnet of [0, 5, 6, 8, 9, 10]) {
            expect(alone(desk({ zones: { ...desk().zones, app: { subnet } } }))).toMatchObject([
                { key: "zone desk-net subnet", value: `"${configOf().addressBase}.${subnet}.0/24"` },
            ]);
        }
    });

    test("guests have their names in every zone that they may come to", () => {
        expect(alone(withApplication("vault", { calls: ["api", "worker"] }))).toMatchObject([
            { key: "shop/vault alias" },
        ]);
    });

    test("a container's name is one of its DNS names", () => {
        expect(alone(withApplication("local-shop-api", { calls: ["api", "worker"] }))).toMatchObject([
            { key: "shop/local-shop-api alias", value: '"local-shop-api"' },
        ]);
    });
});

describe("names on a Postgres server", () => {
    const databases = (...names: string[]) =>
        withService("db", { databases: Object.fromEntries(names.map((name) => [name, { clients: ["api"] }])) });

    test.each([
        "postgres",
        "none",
        "public",
        "pg",
        "pg-x",
        "pg_catalog",
        "vault-manager",
        "vault_manager",
        "superuser",
        "current-user",
        "session_user",
        "user",
        "all",
    ])("%s is refused", (name) => {
        const [problem, ...others] = alone(databases(name));
        expect(others).toEqual([]);
        expect(problem?.key).toMatch(/^shop\/db databases\..* database role$/);
    });

    test.each([
        [["a-b", "a_b"]],
        [["shop", "shop_local_owner"]],
        [["shop_local_owner", "shop"]],
        [["a-b", "a_b_local-owner"]],
    ])("%j cannot be told apart", (names) => {
        expect(alone(databases(...names))).toHaveLength(1);
    });

    test("the template databases are refused where the environment makes their names", () => {
        const claim = (value: string, by: string): Claim => ({
            of: "database",
            value,
            by,
            owner: { product: by },
            within: "db",
        });
        expect(checkClaims([claim("template1", "postgres"), claim("template1", "shop")])).toHaveLength(1);
    });

    test("what Postgres would cut is refused", () => {
        const longest = withLogins(databases("a".repeat(40)));
        const of = (environment: string) => resolvePlatform({ environment, config: configOf(), products: [longest] });
        expect(() => of("e".repeat(16))).not.toThrow();
        expect(keys(problemsOf(() => of("e".repeat(17))))).toEqual([
            `database role ${"a".repeat(40)}_${"e".repeat(17)}_owner is 64 characters`,
        ]);
    });

    test("two servers of a product have no database of one name: a leased login names it without the server", () => {
        const two = withService("db2", { ...shop.services.db, databases: { shop: { clients: ["worker"] } } });
        expect(keys(alone(two))).toEqual(['shop/db2 databases.shop database is "shop"']);
    });
});

test("Redis has a user of its own, and two servers no password under one name", () => {
    const user = {
        ...withApplication("default", { zones: ["app", "data"], calls: ["api", "worker"] }),
    };
    const services = { ...user.services, cache: { ...shop.services.cache, clients: ["api", "worker", "default"] } };
    expect(keys(alone({ ...user, services }))).toEqual(['shop/cache clients.default redis user is "default"']);
    const peers = { ...shop.zones, app: { subnet: 41, peers: true } };
    const application = { kind: "application", image: "ghcr.io/acme/x", port: 4000, zones: ["app", "data"] };
    const twice = {
        ...shop,
        zones: peers,
        services: {
            ...shop.services,
            "b-c": application,
            c: application,
            "cache-b": { ...shop.services.cache, clients: ["c"] },
            cache: { ...shop.services.cache, clients: ["b-c", "api", "worker"] },
        },
    };
    expect(keys(alone(twice as unknown as Product))).toEqual(['shop/cache-b clients.c login is "shop-cache-b-c"']);
});

describe("identity", () => {
    const IDENTITY: ProductIdentity = {
        label: "Shop",
        roles: { user: { description: "Buys" } },
        groups: { Users: ["user"] },
    };
    const product = (changes: Partial<ProductIdentity>): Product => ({
        ...shop,
        identity: { ...IDENTITY, ...changes },
    });

    test.each<[Partial<ProductIdentity>, string]>([
        [{ callback: "/*" }, "callback"],
        [{ callback: "/auth/*" }, "callback"],
        [{ callback: "" }, "callback"],
        [{ callback: "/" }, "callback"],
        [{ callback: "auth" }, "callback"],
        [{ callback: "/a/../b" }, "callback"],
        [{ callback: "//evil.example/x" }, "callback"],
        [{ callback: "/a?next=x" }, "callback"],
        [{ callback: "/a#b" }, "callback"],
        [{ callback: "@evil.example/x" }, "callback"],
        [{ callback: "/%2e%2e/x" }, "callback"],
        [{ host: "other" }, "host"],
        [{ host: "auth" }, "host"],
        [{ host: "x.shop" }, "host"],
        [{ host: "shop.example.com/x" }, "host"],
        [{ label: "" }, "label"],
        [{ label: "A, B" }, "label"],
        [{ label: "A/B" }, "label"],
        [{ label: " A" }, "label"],
        [{ label: "A  B" }, "label"],
        [{ label: "A\npath" }, "label"],
        [{ label: "a".repeat(41) }, "label"],
        [{ groups: { "A,B": [] } }, "groups"],
        [{ groups: { "A/B": [] } }, "groups"],
        [{ groups: { "": [] } }, "groups"],
        [{ groups: { 'A" B': [] } }, "groups"],
        [{ roles: { "a,b": { description: "x" } }, groups: {} }, "roles"],
        [{ roles: { "A b": { description: "x" } }, groups: {} }, "roles"],
        [{ roles: { a: { description: "" } }, groups: {} }, "roles.a.description"],
        [{ roles: { a: { description: "a\nb" } }, groups: {} }, "roles.a.description"],
        [{ roles: { a: { description: "a".repeat(256) } }, groups: {} }, "roles.a.description"],
    ])("%j is refused, with Keycloak and without", (changes, field) => {
        expect(alone(product(changes))).toMatchObject([{ key: `shop identity.${field}` }]);
        expect(alone(product(changes), withKeycloak())).toMatchObject([{ key: `shop identity.${field}` }]);
    });

    test("a host of a route, its own name, and a whole path are accepted", () => {
        for (const changes of [
            { host: "api.shop", callback: "/rest/sso/oidc/callback" },
            { host: "shop" },
            { label: "Käse & Co. 24" },
        ]) {
            expect(() => resolve([product(changes)], configOf(withKeycloak()))).not.toThrow();
        }
    });

    test.each<[string, Partial<ProductIdentity>, string]>([
        ["second", { roles: { factor: { description: "x" } }, groups: {} }, "second identity.roles.factor role"],
        [
            "default",
            { roles: { "roles-acme": { description: "x" } }, groups: {} },
            "default identity.roles.roles-acme role",
        ],
        ["account", {}, "account identity client"],
        ["broker", {}, "broker identity client"],
        ["admin-cli", {}, "admin-cli identity client"],
        ["bao-oidc", {}, "bao-oidc identity client"],
    ])("%s with %j takes what is Keycloak's or the platform's", (name, changes, key) => {
        const taking = desk({ name, identity: { ...IDENTITY, ...changes } });
        expect(alone(taking)).toMatchObject([{ key }]);
        expect(alone(taking, withKeycloak())).toMatchObject([{ key }]);
    });

    test("roles and groups of two products are not the same", () => {
        const a = desk({ identity: { ...IDENTITY, label: "Shop Users", groups: { All: ["user"] } } });
        const config = configOf({ products: [{ name: "shop" }, { name: "desk" }] });
        const shopped = { ...product({ groups: { "users all": ["user"] } }) };
        expect(keys(problemsOf(() => resolve([shopped, a], config)))).toEqual([
            'desk identity.groups.All group is "Shop Users All"',
        ]);
        // One group to Vault, which is written in Go: İ becomes i there, and i with a dot above in JavaScript.
        const dotted = desk({ identity: { ...IDENTITY, label: "SHOP", groups: { "Users Tİll": ["user"] } } });
        expect(
            keys(problemsOf(() => resolve([product({ groups: { "users till": ["user"] } }), dotted], config))),
        ).toEqual(['desk identity.groups.Users Tİll group is "SHOP Users Tİll"']);
        const named = desk({ name: "shop-b2b", identity: { ...IDENTITY, label: "B2B" } });
        const roles = { user: { description: "x" }, "b2b-user": { description: "x" } };
        const two = configOf({ products: [{ name: "shop" }, { name: "shop-b2b" }] });
        expect(keys(problemsOf(() => resolve([product({ roles }), named], two)))).toEqual([
            'shop-b2b identity.roles.user role is "shop-b2b-user"',
        ]);
    });

    test("Keycloak's own realm is not the platform's", () => {
        expect(alone(shop, withKeycloak({ realm: "master" }))).toMatchObject([
            { key: "strata:identity.keycloak.realm" },
        ]);
    });
});

test("the committed products take nothing of each other's, in every stack at once", () => {
    const config = parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.25",
        "strata:products": products.map(({ name }) => ({ name })),
        "strata:vault": { seal: { kind: "local" } },
        "strata:unreleased": "reference-app",
        "strata:identity": { keycloak: { consoles: ["vault"] } },
    });
    expect(() => resolve(products, config)).not.toThrow();
});

describe("checkClaims", () => {
    const claim = (of: Claim["of"], value: string, product: string, within?: string): Claim => ({
        of,
        value,
        owner: { product },
        by: product,
        at: `products/${product}.ts`,
        ...(within !== undefined && { within }),
    });

    test("the first claim stands, and the later one is told where to go", () => {
        expect(checkClaims([claim("client", "x", "a"), claim("client", "x", "b")])).toEqual([
            {
                key: "b client",
                value: '"x"',
                accepted: "an OpenID Connect client of its own: this belongs to a",
                next: "choose another one in products/b.ts or products/a.ts",
            },
        ]);
    });

    test("names are compared within their server, zone or service", () => {
        expect(checkClaims([claim("alias", "x", "a", "one"), claim("alias", "x", "b", "two")])).toEqual([]);
        expect(checkClaims([claim("alias", "x", "a"), claim("client", "x", "b")])).toEqual([]);
    });

    test.each<[Claim["of"], string, string, boolean]>([
        ["host", "shop.nl", "api.shop.nl", true],
        ["host", "api.shop.nl", "shop.nl", true],
        ["host", "shop.nl", "workshop.nl", false],
        ["mount", "shop", "shop/kv", true],
        ["mount", "shop", "shop-b", false],
        ["subnet", "172.22.40.0/23", "172.22.41.0/24", true],
        ["subnet", "172.22.41.0/24", "172.22.40.0/23", true],
        ["subnet", "172.22.41.0/24", "172.22.42.0/24", false],
        ["key prefix", "api:", "api:x:", true],
        ["key prefix", "api:", "api-x:", false],
        ["path", "shop.nl/oauth2", "shop.nl/oauth2/x", true],
        ["path", "shop.nl/oauth2", "shop.nl/oauth2x", false],
        ["policy", "people-*", "people-shop", true],
        ["policy", "people-*", "people", false],
        ["group", "Shop Users", "shop-users", true],
    ])("%s %s and %s: %s", (of, first, second, conflict) => {
        expect(checkClaims([claim(of, first, "a"), claim(of, second, "b")])).toHaveLength(conflict ? 1 : 0);
    });
});
