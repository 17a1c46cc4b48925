import { checkProduct } from "../../../model/check-product";
import type { Product } from "../../../model/product";
import { shop, withApplication, withService } from "./fixtures";

const FILE = "products/shop.ts";
const correct = `correct it in ${FILE}`;
const name = (longest: number): string =>
    `1 to ${longest} lower-case letters, digits and single dashes, a letter first`;

test("the fixture has no problems", () => {
    expect(checkProduct(shop)).toEqual([]);
});

test("a process with its signal has no problems", () => {
    const process = { command: ["node", "x.js"], reload: "SIGHUP" } as const;
    expect(checkProduct(withService("worker", process))).toEqual([]);
    expect(checkProduct(withService("worker", { reload: "watch" }))).toEqual([]);
});

test.each([
    [
        { command: [] },
        {
            key: "shop/worker command",
            value: "an empty list",
            accepted: 'a list that begins with the program, for example ["node", "server.js"]',
            next: correct,
        },
    ],
    [
        { command: ["node"], reload: "SIGHUB" },
        {
            key: "shop/worker reload",
            value: '"SIGHUB"',
            accepted: "watch, restart, SIGHUP, SIGUSR1, SIGUSR2",
            next: expect.stringContaining(correct) as string,
        },
    ],
    [
        { reload: "restart" },
        {
            key: "shop/worker reload",
            value: '"restart"',
            accepted:
                "watch, for a service without `command`: strata can only signal or restart a process that it starts",
            next: "add `command`, the program and its arguments, to worker in products/shop.ts",
        },
    ],
])("%j is refused", (changes, problem) => {
    expect(checkProduct(withService("worker", changes))).toEqual([problem]);
});

/** A broken product, and everything that is said about it. */
const cases: [string, Product, object[]][] = [
    [
        "product name",
        { ...shop, name: "Shop" },
        [{ key: "product Shop", value: '"Shop"', accepted: name(20), next: "rename the product" }],
    ],
    [
        "long product name",
        { ...shop, name: "a".repeat(21) },
        [
            {
                key: `product ${"a".repeat(21)}`,
                value: `"${"a".repeat(21)}"`,
                accepted: name(20),
                next: "rename the product",
            },
        ],
    ],
    [
        "service name",
        withApplication("a--b", {}),
        [{ key: "shop services", value: '"a--b"', accepted: name(30), next: `rename it in ${FILE}` }],
    ],
    [
        "subnet out of range",
        { ...shop, zones: { ...shop.zones, app: { subnet: 256 } } },
        [
            {
                key: "shop zone app subnet",
                value: "256",
                accepted: "a whole number from 0 to 255 that no other zone has",
                next: correct,
            },
        ],
    ],
    [
        "no zone",
        withApplication("more", { zones: [] }),
        [
            {
                key: "shop/more zones",
                value: "none",
                accepted: "at least one of app, web, data",
                next: `add one in ${FILE}`,
            },
        ],
    ],
    [
        "a zone that the product does not have",
        {
            ...shop,
            zones: { app: shop.zones.app, data: shop.zones.data },
            services: { web: shop.services.web, api: { ...shop.services.api, calls: [] } },
        },
        [
            {
                key: "shop/web zones",
                value: "web",
                accepted: "zones that shop has: app, data",
                next: `add web to \`zones\` of ${FILE}, or leave the zone`,
            },
            {
                key: "shop/api zones",
                value: "web, app, data",
                accepted: "zones that shop has: app, data",
                next: `add web to \`zones\` of ${FILE}, or leave the zone`,
            },
        ],
    ],
    [
        "a store outside the data zone",
        withService("db", { zones: ["data", "app"] }),
        [
            {
                key: "shop/db zones",
                value: "data, app",
                accepted: "data, for a store",
                next: `set \`zones: ["data"]\` in ${FILE}`,
            },
        ],
    ],
    [
        "a frontend in the data zone",
        withService("web", { zones: ["web", "data"] }),
        [
            {
                key: "shop/web zones",
                value: "web, data",
                accepted: "data only together with app: a frontend never reaches a database",
                next: `let it call a service of the app zone instead, or add "app" in ${FILE}`,
            },
        ],
    ],
    [
        "limits",
        withService("worker", { limits: { memoryMiB: 15, cpus: 0, processes: 63.5 } }),
        [
            { key: "shop/worker limits.memoryMiB", value: "15", accepted: "whole MiB, at least 16", next: correct },
            { key: "shop/worker limits.cpus", value: "0", accepted: "cores from 0.05 to 128", next: correct },
            {
                key: "shop/worker limits.processes",
                value: "63.5",
                accepted:
                    "a whole number, at least 256: the threads of the service, of its agent and of both health checks count",
                next: correct,
            },
        ],
    ],
    [
        "health check times",
        withService("worker", { healthCheck: { interval: 0, timeout: 1.5, retries: 0, startPeriod: -1 } }),
        [
            {
                key: "shop/worker healthCheck.interval",
                value: "0",
                accepted: "whole seconds from 1 to 86400",
                next: correct,
            },
            {
                key: "shop/worker healthCheck.timeout",
                value: "1.5",
                accepted: "whole seconds from 1 to 86400",
                next: correct,
            },
            {
                key: "shop/worker healthCheck.retries",
                value: "0",
                accepted: "a whole number, at least 1",
                next: correct,
            },
            {
                key: "shop/worker healthCheck.startPeriod",
                value: "-1",
                accepted: "whole seconds from 0 to 86400",
                next: correct,
            },
        ],
    ],
    [
        "a health check that checks nothing",
        withService("worker", { healthCheck: { test: ["NONE"] } }),
        [
            {
                key: "shop/worker healthCheck.test",
                value: "a list",
                accepted: '["CMD", program, ...] or ["CMD-SHELL", line]: every service has a health check',
                next: correct,
            },
        ],
    ],
    [
        "clients that do not exist or are stores",
        withService("cache", { clients: ["api", "wroker", "db"] }),
        [
            {
                key: "shop/cache clients",
                value: '"wroker"',
                accepted: "an application or a job of shop: worker, api, web",
                next: `did you mean "worker"? ${correct}`,
            },
            {
                key: "shop/cache clients",
                value: '"db"',
                accepted: "an application or a job of shop: worker, api, web",
                next: correct,
            },
        ],
    ],
    [
        "scripts for who is no client of the server",
        withService("cache", { clients: ["api"], scripts: ["api", "apy"] }),
        [
            {
                key: "shop/cache scripts",
                value: '"apy"',
                accepted: "a client of the server: api",
                next: `did you mean "api"? ${correct}`,
            },
        ],
    ],
    [
        "shared memory below what the engine gives",
        withService("db", { sharedMemoryMiB: 63 }),
        [
            {
                key: "shop/db sharedMemoryMiB",
                value: "63",
                accepted: "whole MiB, at least 64: what the engine gives breaks parallel queries",
                next: correct,
            },
        ],
    ],
    [
        "more shared memory than memory",
        withService("db", { limits: { memoryMiB: 512 }, sharedMemoryMiB: 513 }),
        [
            {
                key: "shop/db sharedMemoryMiB",
                value: "513",
                accepted: "whole MiB, from 64 to the 512 of the memory limit",
                next: correct,
            },
        ],
    ],
    [
        "fewer processes than a runtime starts with",
        withService("worker", { limits: { processes: 255 } }),
        [
            {
                key: "shop/worker limits.processes",
                value: "255",
                accepted:
                    "a whole number, at least 256: the threads of the service, of its agent and of both health checks count",
                next: correct,
            },
        ],
    ],
    [
        "database and extension names",
        withService("db", { databases: { "Shop;": { clients: [] }, shop: { clients: [], extensions: ["a b"] } } }),
        [
            {
                key: "shop/db databases",
                value: "a text",
                accepted: "1 to 40 lower-case letters, digits, dashes and underscores, a letter first",
                next: `rename it in ${FILE}`,
            },
            {
                key: "shop/db databases.shop.extensions[0]",
                value: "a text",
                accepted: "the name of a Postgres extension, for example vector",
                next: correct,
            },
        ],
    ],
    [
        "an image with a tag",
        withService("worker", { image: "ghcr.io/acme/worker:latest" }),
        [
            {
                key: "shop/worker image",
                value: "a text",
                accepted:
                    "a repository without tag or digest, for example ghcr.io/owner/name: what runs is in strata:releases",
                next: correct,
            },
        ],
    ],
    [
        "a port that needs a capability",
        withService("worker", { port: 1023 }),
        [{ key: "shop/worker port", value: "1023", accepted: "a TCP port from 1024 to 65535", next: correct }],
    ],
    [
        "a port that does not exist",
        withService("worker", { port: 65536 }),
        [{ key: "shop/worker port", value: "65536", accepted: "a TCP port from 1024 to 65535", next: correct }],
    ],
    [
        "a call to nowhere",
        withService("web", { calls: ["ap"] }),
        [
            {
                key: "shop/web calls",
                value: '"ap"',
                accepted: "another service of shop: db, cache, worker, api",
                next: `did you mean "api"? ${correct}`,
            },
        ],
    ],
    [
        "a call to itself",
        withService("worker", { calls: ["worker"] }),
        [
            {
                key: "shop/worker calls",
                value: '"worker"',
                accepted: "another service of shop: db, cache, api, web",
                next: correct,
            },
        ],
    ],
    [
        "a call to another product",
        withService("worker", { calls: ["rentguy/api"] }),
        [
            {
                key: "shop/worker calls",
                value: '"rentguy/api"',
                accepted: "services of shop: products share no zone",
                next: "call the other product's public route; calls between products through the edge are still to come",
            },
        ],
    ],
    [
        "a call to a store",
        withService("worker", { calls: ["db"] }),
        [
            {
                key: "shop/worker calls",
                value: '"db"',
                accepted: "applications; a store is reached by its clients",
                next: `add "worker" to the clients of db in ${FILE}`,
            },
        ],
    ],
    [
        "startsBefore of what is not called",
        withService("api", { startsBefore: ["web"] }),
        [{ key: "shop/api startsBefore", value: '"web"', accepted: "some of its calls: worker", next: correct }],
    ],
    [
        "routes outside the web zone",
        withService("worker", { routes: [{ host: "worker" }] }),
        [
            {
                key: "shop/worker routes",
                value: "1 in app, data",
                accepted: "routes to services in the web zone, the only one that the edge joins",
                next: `add "web" to its zones in ${FILE}, or drop the routes`,
            },
        ],
    ],
    [
        "a route's parts",
        withService("web", { routes: [{ host: "Shop.", path: "admin", rateLimit: 0, auth: true }] }),
        [
            {
                key: "shop/web routes[0].host",
                value: '"Shop."',
                accepted: "host labels in lower case, for example api.psra",
                next: correct,
            },
            {
                key: "shop/web routes[0].path",
                value: '"admin"',
                accepted:
                    "/, or whole segments like /v1/orders: letters, digits and . _ ~ -, without . or .. as a segment",
                next: correct,
            },
            {
                key: "shop/web routes[0].rateLimit",
                value: "0",
                accepted: "whole requests per second, at least 1",
                next: correct,
            },
            {
                key: "shop/web routes[0].auth",
                value: "true",
                accepted: "false, in a stack without Keycloak",
                next: `set strata:identity to { keycloak: {} }, or ${correct}`,
            },
        ],
    ],
    [
        "who may show a route in a frame",
        withService("web", { routes: [{ frames: "sameorigin" as "same-origin" }] }),
        [
            {
                key: "shop/web routes[0].frames",
                value: '"sameorigin"',
                accepted: "deny, same-origin, own",
                next: `did you mean "same-origin"? ${correct}`,
            },
        ],
    ],
    [
        "settings that are secrets, without their values",
        withService("worker", {
            environment: {
                DB_PASSWORD: "hunter2",
                STRIPE_APIKEY: "sk",
                DB_PASS: "hunter2",
                AWS_SECRET_ACCESS_KEY: "sk",
                SECRET_KEY_BASE: "sk",
                SESSION_JWT: "sk",
                DATABASE_URL: "postgres://shop:hunter2@db/shop",
                PUBLIC_KEY: "pk",
                COMPASS: "north",
                SITE_URL: "https://shop.example/",
                TOKEN_FILE: "/run/secrets/t",
                "A-B": "",
            },
        }),
        [
            ...[
                ...["DB_PASSWORD", "STRIPE_APIKEY", "DB_PASS", "AWS_SECRET_ACCESS_KEY", "SECRET_KEY_BASE"],
                ...["SESSION_JWT", "DATABASE_URL"],
            ].map((setting) => ({
                key: `shop/worker environment.${setting}`,
                accepted:
                    "plain settings: what is in the environment can be read by everyone who can inspect the container",
                next: `keep the value in Vault and name the file that holds it: ${setting}_FILE`,
            })),
            {
                key: "shop/worker environment",
                value: '"A-B"',
                accepted: "a name of letters, digits and underscores",
                next: `rename it in ${FILE}`,
            },
        ],
    ],
];

test.each(cases)("%s", (_, product, expected) => {
    expect(checkProduct(product)).toEqual(expected);
});
