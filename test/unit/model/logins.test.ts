/** A client of several stores gets the login of each, or is told what its secrets do not say. */

import type { Product } from "../../../model/product";
import { deliveriesOf } from "../../../model/secrets/delivery";
import type { SecretDeclaration } from "../../../model/secrets/secret";
import { loginsOf, storeSettings } from "../../../model/logins";
import { problemsOf, resolve, shop } from "./fixtures";

/** One worker on two Redis servers, one API on two databases. */
const product = (...secrets: SecretDeclaration[]): Product => ({
    ...shop,
    zones: { ...shop.zones, app: { subnet: 41, peers: true } },
    services: {
        ...shop.services,
        db: {
            ...shop.services.db,
            databases: { shop: { clients: ["api"] }, "order-log": { clients: ["api"] } },
        },
        cache: { ...shop.services.cache, clients: ["worker"] },
        "work-queue": { ...shop.services.cache, clients: ["worker"] },
    },
    secrets,
});

const kv = (
    name: string,
    source: "postgres" | "redis",
    changes: Partial<SecretDeclaration> = {},
): SecretDeclaration => ({
    name,
    engine: "kv",
    path: `logins/${name}`,
    rotation: "manual",
    readers: [source === "postgres" ? "api" : "worker"],
    source,
    ...(source === "redis" && { perReader: true }),
    ...changes,
});
const lease = (name: string, path: string): SecretDeclaration => ({
    name,
    engine: "database",
    path,
    rotation: "lease",
    readers: ["api"],
});
const CACHE = kv("cache-login", "redis", { store: "cache" });
const QUEUE = kv("queue-login", "redis", { store: "work-queue" });
const SHOP = kv("shop-login", "postgres", { store: "shop" });
const LOG = kv("log-login", "postgres", { store: "order-log" });

function files(service: string, ...secrets: SecretDeclaration[]): string[] {
    const platform = resolve([product(...secrets)]);
    const application = platform.services.find(({ name }) => name === service)!;
    return deliveriesOf(platform.secrets, platform.services, application)
        .filter(({ login }) => login !== undefined)
        .map(({ file, from, login, path }) => `${file}: ${from} of ${login?.store} at ${path}`);
}
const said = (...secrets: SecretDeclaration[]): string[] =>
    problemsOf(() => resolve([product(...secrets)])).map(({ key, value }) => `${key} is ${value}`);

test("who logs in to what follows from the stores", () => {
    const database = { kind: "postgres", server: "shop-db", port: 5432, client: "shop-api" };
    const redis = { kind: "redis", port: 6379, database: "0", user: "worker", client: "shop-worker" };
    const { secrets: _, ...bare } = product();
    expect(loginsOf(resolve([bare]).services.filter((one) => one.product === "shop"))).toEqual([
        { ...database, store: "shop", database: "shop_local", user: "shop" },
        { ...database, store: "order_log", database: "order_log_local", user: "order_log" },
        { ...redis, server: "shop-cache", store: "cache" },
        { ...redis, server: "shop-work-queue", store: "work-queue" },
    ]);
});

describe("what an agent brings", () => {
    test("a client of two Redis servers reads one URL for each", () => {
        expect(files("shop-worker", CACHE, QUEUE, SHOP, LOG)).toEqual([
            "redis-cache-login: url of cache at shop/kv/data/logins/cache-login/worker",
            "redis-queue-login: url of work-queue at shop/kv/data/logins/queue-login/worker",
        ]);
    });

    test("a leased login to one database takes the place of the static one to the same, not to another", () => {
        expect(files("shop-api", CACHE, QUEUE, SHOP, LOG, lease("shop-lease", "shop"))).toEqual([
            "postgres-log-login: url of order_log at shop/kv/data/logins/log-login",
            "postgres-shop-lease: login of shop at shop/database/creds/shop",
        ]);
        expect(
            files("shop-api", CACHE, QUEUE, LOG, lease("shop-lease", "shop"), lease("log-lease", "order-log")),
        ).toEqual([
            "postgres-shop-lease: login of shop at shop/database/creds/shop",
            "postgres-log-lease: login of order_log at shop/database/creds/order-log",
        ]);
    });

    test.each<[string, SecretDeclaration[], string[]]>([
        [
            "a Redis login that could be two",
            [kv("r", "redis"), SHOP, LOG],
            ['shop secret r store is "cache, work-queue"'],
        ],
        [
            "a database login that could be two",
            [CACHE, QUEUE, kv("p", "postgres")],
            ['shop secret p store is "shop, order_log"'],
        ],
        [
            "a store that is none",
            [CACHE, QUEUE, SHOP, { ...LOG, store: "orders" }],
            ['shop secret log-login store is "orders"'],
        ],
        [
            "a store that is not of that kind",
            [CACHE, { ...QUEUE, store: "shop" }, SHOP, LOG],
            ['shop secret queue-login store is "shop"'],
        ],
        [
            "a reader that is no client of it",
            [CACHE, { ...QUEUE, readers: ["api"] }, SHOP, LOG],
            ['shop secret queue-login readers is "api"'],
        ],
        [
            "a store of a secret that is no login",
            [CACHE, QUEUE, SHOP, LOG, { name: "x", engine: "kv", path: "x", rotation: 1, readers: [], store: "shop" }],
            ['shop secret x store is "shop"'],
        ],
    ])("%s is refused", (_, secrets, expected) => {
        expect(said(...secrets)).toEqual(expect.arrayContaining(expected));
    });

    test("one static secret for clients of different databases is refused, one for each reader is not", () => {
        const apart: Product = {
            ...product(),
            services: {
                ...product().services,
                db: { ...shop.services.db, databases: { shop: { clients: ["api"] }, log: { clients: ["worker"] } } },
                cache: { ...shop.services.cache, clients: [] },
                "work-queue": { ...shop.services.cache, clients: [] },
            },
        };
        const both = kv("p", "postgres", { readers: ["api", "worker"] });
        expect(problemsOf(() => resolve([{ ...apart, secrets: [both] }]))).toMatchObject([
            { key: "shop secret p store", value: '"shop, log"', accepted: "one login for each reader" },
        ]);
        expect(() => resolve([{ ...apart, secrets: [{ ...both, perReader: true }] }])).not.toThrow();
    });

    test("each login of a client is asked for, not only one of a kind", () => {
        expect(said(CACHE, SHOP, LOG)).toEqual([
            "shop secrets is none with which shop-worker logs in to redis (work-queue)",
        ]);
        expect(said(CACHE, QUEUE, lease("shop-lease", "shop"))).toEqual([
            "shop secrets is none with which shop-api logs in to postgres (order_log)",
        ]);
    });

    test("no secret takes the file of a login", () => {
        const taken: SecretDeclaration = {
            ...lease("x", "x"),
            engine: "kv",
            name: "postgres-shop-login",
            path: "taken",
        };
        expect(said(CACHE, QUEUE, SHOP, LOG, taken)).toEqual([
            'secret shop/postgres-shop-login file is "postgres-shop-login"',
        ]);
    });

    test("no two secrets are at one place, nor have one name for the program", () => {
        const plain = (name: string, path: string): SecretDeclaration => ({
            ...kv(name, "redis"),
            name,
            path,
            source: "written",
            perReader: false,
            readers: ["api"],
        });
        expect(said(CACHE, QUEUE, SHOP, LOG, plain("x", "logins/cache-login/worker"))).toEqual([
            'shop secret x secret is "shop/kv/logins/cache-login/worker"',
        ]);
        expect(said(CACHE, QUEUE, SHOP, LOG, plain("cache-login-worker", "y"))).toEqual([
            'shop secret cache-login-worker secret is "shop-cache-login-worker"',
        ]);
    });
});

test("a setting for each store, the short one where there is no other", () => {
    expect(
        storeSettings([
            { kind: "postgres", store: "shop", file: "a" },
            { kind: "redis", store: "cache", file: "b" },
            { kind: "redis", store: "work-queue", file: "c" },
        ]),
    ).toEqual({ POSTGRES_URL_FILE: "a", REDIS_CACHE_URL_FILE: "b", REDIS_WORK_QUEUE_URL_FILE: "c" });
});
