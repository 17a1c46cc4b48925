/** The form of a product: what its author may write, and what is said of the rest. */

import type { z } from "zod";

import { DECLARATIONS, type KindName, KINDS, kindOf } from "../../../components/kinds";
import { checkProduct } from "../../../model/check-product";
import type { Product } from "../../../model/product";
import { formOf } from "../../../model/product-faults";
import { resolvePlatform, stackProblems } from "../../../model/resolve";
import { products } from "../../../products";
import { configOf, problemsOf, resolve, shop, withService } from "./fixtures";

const FILE = "products/shop.ts";
const correct = `correct it in ${FILE}`;

/** A product as a program that was not compiled could have it. */
const broken = (changes: object): Product => ({ ...shop, ...changes });

test.each(products.map((product) => [product.name, product] as const))("%s has the form", (_, product) => {
    expect(formOf(product)).toEqual({ problems: [], isReadable: true });
});

test("each kind's form is that of its own name", () => {
    const names = Object.keys(KINDS) as KindName[];
    const declarable = names.filter((kind) => kindOf({ kind }).declared);
    const literals = declarable.map((kind) => kindOf({ kind }).declared?.schema.shape["kind"] as z.ZodLiteral);
    expect(literals.map(({ value }) => value)).toEqual(declarable);
});

describe("keys that nobody knows are problems, with the nearest that is known", () => {
    const service = "zones, limits, healthCheck, calls, startsBefore, routes, replicas, egress, kind";
    test.each([
        [
            { descripton: "" },
            "product shop descripton",
            "name, description, zones, services, secrets, identity, workflows",
            'did you mean "description"? ',
        ],
        [{ zones: { ...shop.zones, wbe: { subnet: 9 } } }, "shop zones wbe", "app, web, data", 'did you mean "web"? '],
        [
            { zones: { ...shop.zones, app: { subnet: 41, peer: true } } },
            "shop zone app peer",
            "subnet, peers",
            'did you mean "peers"? ',
        ],
        [
            withService("worker", { prot: 1 }),
            "shop/worker prot",
            `${service}, image, port, environment, command, reload, ready, drain`,
            'did you mean "port"? ',
        ],
        // A field of another kind is not one of this kind.
        [withService("cache", { databases: {} }), "shop/cache databases", `${service}, clients, scripts`, ""],
        [
            withService("web", { routes: [{ pth: "/" }] }),
            "shop/web routes[0] pth",
            "host, path, rateLimit, auth, frames, encodedCharacters",
            'did you mean "path"? ',
        ],
        [
            { secrets: [{ name: "key", engine: "kv", path: "k", rotation: 1, readers: [], perreader: true }] },
            "shop secret key perreader",
            "name, engine, path, rotation, readers, source, store, perReader, crossProduct",
            'did you mean "perReader"? ',
        ],
        [
            { identity: { label: "Shop", roles: {}, groups: {}, hosts: "shop" } },
            "shop identity hosts",
            "label, roles, groups, host, callback",
            'did you mean "host"? ',
        ],
    ])("%#: %s", (changes, key, known, suggestion) => {
        expect(checkProduct(broken(changes))).toEqual([
            { key, accepted: `one of ${known}`, next: `${suggestion}rename it or take it out in ${FILE}` },
        ]);
    });
});

describe("what is of another type", () => {
    test.each([
        [broken({ name: 7 }), "product 7", "7"],
        [broken({ zones: [] }), "shop zones", "an empty list"],
        [broken({ services: "api" }), "shop services", "a text"],
        [broken({ secrets: {} }), "shop secrets", "a map"],
        [broken({ identity: null }), "shop identity", "null"],
        [withService("worker", { port: "9000" }), "shop/worker port", "a text"],
        [withService("worker", { calls: [1] }), "shop/worker calls[0]", "1"],
        [withService("db", { databases: { shop: {} } }), "shop/db databases.shop.clients", undefined],
        [withService("db", { kind: "postgrez" }), "shop/db kind", '"postgrez"'],
    ])("%#: is told, and nothing else of the product", (product, key, value) => {
        expect(formOf(product).isReadable).toBe(false);
        const [problem, ...others] = checkProduct(product);
        expect([problem?.key, problem?.value, others]).toEqual([key, value, []]);
    });

    const secret = { name: "jwt", engine: "kv", path: "jwt", rotation: 30, readers: ["web"] };
    const words = (of: string): string => `${of}2`;
    test.each<[string, Product, string]>([
        ["a secret's engine", broken({ secrets: [{ ...secret, engine: words("kv") }] }), "shop secret jwt engine"],
        ["a secret's source", broken({ secrets: [{ ...secret, source: words("written") }] }), "shop secret jwt source"],
        [
            "a secret's rotation",
            broken({ secrets: [{ ...secret, rotation: words("lease") }] }),
            "shop secret jwt rotation",
        ],
        ["a zone", withService("worker", { zones: ["app", words("data")] }), "shop/worker zones[1]"],
        ["a route's frames", withService("web", { routes: [{ frames: words("deny") }] }), "shop/web routes[0].frames"],
        ["a reload", withService("worker", { reload: words("watch") }), "shop/worker reload"],
        ["a kind", withService("worker", { kind: words("redis") }), "shop/worker kind"],
    ])("%s that is no word of its list is told, and problems of other products as well", (_what, product, key) => {
        const club: Product = { ...shop, name: "club", services: { api: { ...shop.services.api, port: 80 } } };
        const config = configOf({ products: [{ name: "shop" }, { name: "club" }] });
        expect(formOf(product).isReadable).toBe(false);
        const keys = problemsOf(() => resolve([product, club], config)).map((problem) => problem.key);
        expect(keys.slice(0, 2)).toEqual([key, "club/api port"]);
    });

    test.each([
        ["a function", String],
        ["a symbol", Symbol("kv")],
        ["a bigint", 1n],
        ["an object", {}],
        ["null", null],
    ])("%s in place of a word is told", (_what, value) => {
        const product = broken({
            services: {
                ...shop.services,
                worker: { ...shop.services.worker, reload: value, zones: [value] },
                cache: { ...shop.services.cache, kind: value },
            },
            secrets: [{ ...secret, engine: value, source: value, rotation: value }],
        });
        expect(problemsOf(() => resolve([product])).map(({ key }) => key)).toEqual([
            "shop/cache kind",
            "shop/worker zones[0]",
            "shop/worker reload",
            "shop secret jwt engine",
            "shop secret jwt rotation",
            "shop secret jwt source",
        ]);
    });

    test("a kind that does not exist is told with the nearest that does", () => {
        expect(checkProduct(withService("db", { kind: "postgrez" }))).toEqual([
            {
                key: "shop/db kind",
                value: '"postgrez"',
                accepted: "a service of kind application, job, postgres, redis, mariadb, object-store",
                next: `did you mean "postgres"? ${correct}`,
            },
        ]);
    });

    test("what could hold a password is not quoted", () => {
        for (const environment of [
            "hunter2",
            "DB_PASSWORD=hunter2",
            ["DB_PASSWORD=hunter2"],
            { TOKENS: ["hunter2"] },
        ]) {
            const problems = checkProduct(withService("worker", { environment }));
            expect(problems).toHaveLength(1);
            expect(JSON.stringify(problems)).not.toContain("hunter2");
        }
    });

    test("stops nothing but what compares products: the stack and other products are still looked at", () => {
        const club: Product = {
            ...shop,
            name: "club",
            services: { api: { ...shop.services.api, port: 80, calls: ["nobody"] } },
        };
        const config = configOf({
            products: [{ name: "shop", services: ["missing"] }, { name: "club" }],
            engine: { host: "ssh://10.0.0.1" },
            releases: { "shop/worker": "x" },
        });
        const unreadable = withService("worker", { zones: "app" });
        expect(problemsOf(() => resolve([unreadable, club], config)).map(({ key }) => key)).toEqual([
            "shop/worker zones",
            "strata:engine.host",
            "club/api port",
            "club/api calls",
        ]);
    });

    test("is told of a product that the stack does not run, for others may name its services", () => {
        const club = { ...shop, name: "club", services: undefined } as unknown as Product;
        expect(problemsOf(() => resolve([shop, club]))).toMatchObject([{ key: "club services" }]);
    });
});

test.each([
    ["undefined", undefined],
    ["null", null],
    ["a list", [shop]],
    ["a text", "shop"],
])("an entry of the list that is %s is a problem with its place, beside all others", (value, entry) => {
    const bad = [shop, { ...shop, name: "club", services: "none" }, entry] as unknown as Product[];
    const input = {
        environment: "local",
        config: configOf({ engine: { host: "ssh://10.0.0.1" } }),
        products: bad,
    };
    for (const problems of [problemsOf(() => resolvePlatform(input)), stackProblems(input)]) {
        expect(problems).toMatchObject([
            { key: "club services" },
            {
                key: "products/index.ts products[2]",
                value,
                accepted: "a product, as a file of products/ exports it",
                next: "correct entry 3 of the list in products/index.ts, or what it imports",
            },
            { key: "strata:engine.host" },
        ]);
    }
});

test.each(["constructor", "toString", "__proto__"])("%s is no service, though every object has it", (name) => {
    const product: Product = {
        ...shop,
        services: {
            ...shop.services,
            worker: { ...shop.services.worker, calls: [name], startsBefore: [name] },
            cache: { ...shop.services.cache, clients: ["api", "worker", name] },
            db: { ...shop.services.db, databases: { shop: { clients: ["api", name] } } },
        },
    };
    expect(problemsOf(() => resolve([product])).map(({ key, value }) => [key, value])).toEqual([
        ["shop/db clients", `"${name}"`],
        ["shop/cache clients", `"${name}"`],
        ["shop/worker calls", `"${name}"`],
    ]);
});

describe("of a value that is wrong", () => {
    const secret = { name: "jwt", engine: "kv", path: "jwt", rotation: 30, readers: ["web"] };
    test.each<[string, string | undefined, Product]>([
        ["shop/worker reload", '"wtach"', withService("worker", { reload: "wtach" })],
        ["shop/worker port", "80", withService("worker", { port: 80 })],
        ["shop/worker reload", "true", withService("worker", { reload: true })],
        ["shop/worker image", '""', withService("worker", { image: "" })],
        ["shop/worker reload", "a map", withService("worker", { reload: { DB_PASSWORD: "hunter2" } })],
        ["shop/worker reload", "a text", withService("worker", { reload: "watch hunter2" })],
        ["shop/worker zones[0]", "a map", withService("worker", { zones: [{ password: "hunter2" }] })],
        ["shop/worker kind", "a list", withService("worker", { kind: ["hunter2"] })],
        ["shop/web routes[0].frames", "a map", withService("web", { routes: [{ frames: { password: "hunter2" } }] })],
        ["shop secret jwt engine", "a map", broken({ secrets: [{ ...secret, engine: { password: "hunter2" } }] })],
        ["shop secret jwt rotation", "a list", broken({ secrets: [{ ...secret, rotation: ["hunter2"] }] })],
        ["shop secret [0] name", "a text", broken({ secrets: [{ ...secret, name: "jwt = hunter2" }] })],
        ["shop/worker command", "a list", withService("worker", { command: ["", "--password=hunter2"] })],
        ["shop/db healthCheck.test", "a list", withService("db", { healthCheck: { test: ["mysql", "-phunter2"] } })],
        ["shop/worker environment", "a text", withService("worker", { environment: { "DB PASSWORD=hunter2": "x" } })],
        ["shop/worker image", "a text of 49 characters", withService("worker", { image: `${"hunter2".repeat(7)}` })],
    ])("%s is %s", (key, value, product) => {
        const problems = formOf(product).problems;
        expect(problems).toMatchObject([{ key: expect.stringContaining(key) as string, value }]);
        expect(JSON.stringify(problems)).not.toContain("hunter2");
    });
});

test("names of services that are none are quoted like every other value", () => {
    const name = "api hunter2";
    const product: Product = {
        ...shop,
        services: {
            ...shop.services,
            worker: { ...shop.services.worker, calls: [name], startsBefore: [`${name}!`] },
            cache: { ...shop.services.cache, clients: ["api", "worker", name], scripts: [`${name}!`] },
        },
        identity: { label: "Shop", roles: {}, groups: {}, host: name },
    };
    expect(checkProduct(product).map(({ key, value }) => [key, value])).toEqual([
        ["shop identity.host", "a text"],
        ["shop/cache clients", "a text"],
        ["shop/cache scripts", "a text"],
        ["shop/worker calls", "a text"],
        ["shop/worker startsBefore", "a text"],
    ]);
});

test.each([
    ["shop/worker command", { command: ["serve", "--database=postgres://shop:hunter2@db/shop"] }],
    ["shop/worker healthCheck.test", { healthCheck: { test: ["CMD-SHELL", "psql postgres://shop:hunter2@db/shop"] } }],
])("%s with a login in a URL is refused, and not quoted", (key, changes) => {
    expect(checkProduct(withService("worker", changes))).toEqual([
        {
            key: `${key}[1]`,
            accepted: "no URL with a login: everyone who can inspect the container can read it",
            next: "keep the value in Vault, and let the program read it from a file",
        },
    ]);
});

test("values in a wrong form do not hide what is between the parts", () => {
    const product = withService("worker", { port: 80, image: "x", calls: ["nobody"], healthCheck: { retries: 0.5 } });
    expect(checkProduct(product).map(({ key }) => key)).toEqual([
        "shop/worker healthCheck.retries",
        "shop/worker image",
        "shop/worker port",
        "shop/worker calls",
    ]);
});

test("explicit undefined is no value: it would hide a default", () => {
    expect(DECLARATIONS.safeParse({ ...shop.services.worker, limits: { cpus: undefined } }).success).toBe(false);
});
