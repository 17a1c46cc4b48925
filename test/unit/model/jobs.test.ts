/** Jobs of a product: what an author may declare, what waits for them, and what they reach. */

import { job as kind } from "../../../components/products/job/kind";
import { checkProduct } from "../../../model/check-product";
import type { Service } from "../../../model/platform";
import type { Product } from "../../../model/product";
import { formOf } from "../../../model/product-faults";
import { isAllowed } from "../../../model/reachability";
import { runsOf } from "../../../model/runs";
import { deliveriesOf } from "../../../model/secrets/delivery";
import { configOf, problemsOf, resolve, shop, withLogins } from "./fixtures";

const migrate = { kind: "job", of: "api", zones: ["data"], before: ["api"], command: ["/app/migrate"] } as const;

/** The shop with a job, which logs in to the database; with other fields of the job. */
function withJob(changes: object = {}, secrets?: Product["secrets"]): Product {
    const db = { ...shop.services.db, databases: { shop: { clients: ["api", "migrate"] } } };
    const services = { ...shop.services, db, migrate: { ...migrate, ...changes } };
    return { ...shop, services: services, ...(secrets && { secrets }) };
}

const platform = resolve([withJob()]);
const find = (name: string, { services } = platform): Service => services.find((one) => one.name === name)!;
const problems = (changes: object): string[] =>
    checkProduct(withJob(changes)).map(({ key, value, accepted }) => `${key} ${value}: ${accepted}`);

test("a job has zones, limits and a user, and nothing by which it could be reached or watched", () => {
    const service = find("shop-migrate");
    expect(service).toMatchObject({
        kind: "job",
        layer: "products",
        zones: ["shop-db-net"],
        ports: {},
        published: [],
        routes: [],
        limits: kind.limits,
        healthCheck: { test: ["NONE"] },
    });
    expect(service.instances).toBeUndefined();
    expect(platform.users?.["shop-migrate"]).toBeGreaterThan(0);
});

test("what it is before waits for it, and it waits for its stores and its agent", () => {
    expect(find("shop-api").startsAfter).toContain("shop-migrate");
    expect(find("shop-worker").startsAfter).not.toContain("shop-migrate");
    expect(find("shop-migrate").startsAfter).toEqual(
        expect.arrayContaining(["shop-db", "shop-migrate-agent", "vault"]),
    );
    const order = platform.services.map(({ name }) => name);
    expect(order.indexOf("shop-migrate")).toBeLessThan(order.indexOf("shop-api"));
});

test("jobs can wait for jobs", () => {
    const product = withJob({ before: ["seed"] });
    const db = { ...shop.services.db, databases: { shop: { clients: ["api", "migrate", "seed"] } } };
    const seed = { ...migrate, before: ["worker"] };
    const { services } = resolve([{ ...product, services: { ...product.services, db, seed } }]);
    const after = (name: string): readonly string[] => services.find((one) => one.name === name)!.startsAfter;
    expect(after("shop-seed")).toContain("shop-migrate");
    expect(after("shop-worker")).toContain("shop-seed");
    // The API calls the worker, and so waits for the worker only.
    expect(after("shop-api")).not.toContain("shop-migrate");
});

test("it reaches its stores, and its agent reaches Vault; who calls a job is told that nobody can", () => {
    expect(platform.flows).toContainEqual({ from: "shop-migrate", to: "shop-db", port: 5432, zone: "shop-db-net" });
    expect(platform.flows.find(({ from }) => from === "shop-migrate-agent")).toMatchObject({ to: "vault" });
    expect(isAllowed(platform, "shop-migrate", "shop-web")).toBe(false);
    const product = withJob();
    const calling = {
        ...product,
        services: { ...product.services, web: { ...shop.services.web, calls: ["migrate"] } },
    };
    expect(checkProduct(calling as Product)).toContainEqual({
        key: "shop/web calls",
        value: '"migrate"',
        accepted: "applications: a job listens on no port",
        next: "name web in `before` of migrate in products/shop.ts, if it has to wait for the job",
    });
});

test("a service is a job, or runs with one, or lasts", () => {
    const runs = (name: string) => runsOf(find(name), platform.services);
    expect(["shop-migrate", "shop-migrate-agent", "shop-api", "shop-api-agent"].map(runs)).toEqual([
        "once",
        "with-job",
        undefined,
        undefined,
    ]);
});

describe("its image", () => {
    const digest = `ghcr.io/acme/api@sha256:${"1".repeat(64)}`;
    const released = (changes: object, releases: Record<string, string>) =>
        find("shop-migrate", resolve([withJob(changes)], configOf({ releases })));

    test("is the release of the application that it names", () => {
        const service = released({}, { "shop/api": digest });
        expect(service).toMatchObject({ image: digest, spec: { command: ["/app/migrate"] } });
    });

    test("is its own release where it names a repository", () => {
        const own = { of: undefined, image: "ghcr.io/acme/migrate" };
        const product = withJob();
        const { of: _, ...rest } = { ...migrate, ...own };
        const services = { ...product.services, migrate: rest } as Product["services"];
        const config = configOf({ releases: { "shop/migrate": digest } });
        expect(find("shop-migrate", resolve([{ ...product, services }], config)).image).toBe(digest);
    });

    test("has no release of its own where it names an application", () => {
        const config = configOf({ releases: { "shop/migrate": digest } });
        expect(problemsOf(() => resolve([withJob()], config))).toContainEqual(
            expect.objectContaining({ key: "strata:releases.shop/migrate" }),
        );
    });

    test("without a release is a stand-in that ends, whatever command the author wrote", () => {
        expect(find("shop-migrate")).toMatchObject({
            image: "reference-app",
            spec: { command: ["podcli", "version"] },
        });
        const own = configOf({ standIn: "reference-app" });
        expect(find("shop-migrate", resolve([withJob()], own)).spec).toEqual({ command: ["/reference-app", "--once"] });
    });
});

test.each<[object, string]>([
    [{ image: "ghcr.io/acme/x" }, "shop/migrate image"],
    [{ of: "db" }, 'shop/migrate of "db": an application of shop: worker, api, web'],
    [{ of: "ap" }, 'shop/migrate of "ap": an application of shop: worker, api, web'],
    [{ zones: ["web", "data"] }, "shop/migrate zones web, data: app, data: a job serves no requests"],
    [{ before: ["db"] }, 'shop/migrate before "db": an application or another job of shop: worker, api, web'],
    [{ before: ["migrate"] }, 'shop/migrate before "migrate": an application or another job of shop'],
])("%j is a mistake", (changes, said) => {
    expect(problems(changes).filter((line) => line.startsWith(said))).toHaveLength(1);
});

test.each(["routes", "replicas", "healthCheck", "port", "startsBefore"])("a job has no %s", (field) => {
    const { problems: found } = formOf(withJob({ [field]: field === "replicas" ? 2 : [] }));
    expect(found.map(({ key }) => key).join()).toContain(field);
});

test("a list of services brings the jobs that they wait for, and the jobs' stores", () => {
    const product = withLogins(withJob());
    const running = (services: string[]) =>
        resolve([product], configOf({ products: [{ name: "shop", services }] }))
            .services.map(({ name }) => name)
            .filter((name) => name.startsWith("shop-") && !name.endsWith("-agent"));
    expect(running(["api"])).toEqual(expect.arrayContaining(["shop-api", "shop-migrate", "shop-db"]));
    expect(running(["worker"])).not.toContain("shop-migrate");
});

test("a job reads the secrets that name it, and none that all applications read", () => {
    const kv = { engine: "kv", rotation: "manual" } as const;
    const secrets: Product["secrets"] = [
        { name: "db", engine: "database", path: "shop", rotation: "lease", readers: ["api", "migrate"] },
        { ...kv, name: "seed-key", path: "seed", readers: ["migrate"] },
        { ...kv, name: "common", path: "common", readers: ["*"] },
        ...(["api", "worker"] as const).map((reader) => ({
            ...{ ...kv, name: `cache-${reader}`, path: `cache/${reader}`, source: "redis" as const },
            ...{ perReader: true as const, readers: [reader] },
        })),
    ];
    const own = resolve([withJob({}, secrets)]);
    const files = (name: string) => deliveriesOf(own.secrets, own.services, find(name, own)).map(({ file }) => file);
    expect(files("shop-migrate").sort()).toEqual(["postgres", "seed-key"]);
    expect(files("shop-api")).toContain("common");
});

describe("a job that logs in as a database's owner", () => {
    const migrations = { clients: ["api"], migrations: ["migrate"] };
    const lease = { engine: "database", rotation: "lease" } as const;
    const rows: Product["secrets"] = [
        { ...lease, name: "db", path: "shop", readers: ["api"] },
        { ...lease, name: "owner", path: "shop-migrations", readers: ["migrate"] },
        ...(["api", "worker"] as const).map((reader) => ({
            ...{
                engine: "kv" as const,
                rotation: "manual" as const,
                source: "redis" as const,
                perReader: true as const,
            },
            ...{ name: `cache-${reader}`, path: `cache/${reader}`, readers: [reader] },
        })),
    ];
    const owning = (database: object = migrations, secrets: Product["secrets"] = rows): Product => {
        const db = { ...shop.services.db, databases: { shop: database } };
        return { ...shop, services: { ...shop.services, db, migrate } as Product["services"], secrets };
    };

    test("has a login that only Vault makes, to the same database", () => {
        const own = resolve([owning()]);
        const [delivery] = deliveriesOf(own.secrets, own.services, find("shop-migrate", own));
        expect(delivery).toMatchObject({
            file: "postgres",
            from: "login",
            path: "shop/database/creds/shop-migrations",
            login: { store: "shop_migrations", database: "shop_local", client: "shop-migrate" },
        });
        expect(own.flows).toContainEqual({ from: "shop-migrate", to: "shop-db", port: 5432, zone: "shop-db-net" });
        expect(find("shop-migrate", own).startsAfter).toContain("shop-db");
    });

    test("is a job: an application never is an owner", () => {
        expect(checkProduct(owning({ ...migrations, migrations: ["api"] }))).toContainEqual({
            key: "shop/db migrations",
            value: '"api"',
            accepted: "a job of shop: migrate",
            next: "correct it in products/shop.ts",
        });
    });

    test("has no login that stays the same", () => {
        const kv = {
            ...({ engine: "kv", rotation: "manual", source: "postgres", name: "owner", path: "owner" } as const),
            ...{ store: "shop-migrations", readers: ["migrate"] },
        };
        expect(
            problemsOf(() => resolve([owning(migrations, [...rows.filter(({ name }) => name !== "owner"), kv])])),
        ).toEqual(expect.arrayContaining([expect.objectContaining({ key: "shop secret owner store" })]));
    });

    test("no database has a name like its role", () => {
        const db = { ...shop.services.db, databases: { "shop-migrations": { clients: ["api"] } } };
        const product = { ...shop, services: { ...shop.services, db } } as Product;
        expect(checkProduct(product).map(({ key }) => key)).toEqual(["shop/db databases.shop-migrations"]);
    });
});
