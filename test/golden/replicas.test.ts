/** What a service with replicas makes: one container after the other, and one of everything else. */

import type { Product } from "../../model/product";
import { CONTAINER, VOLUME } from "../support/stack";
import { collectProduct, labelsOf } from "../support/product-program";
import type { Program, Registered } from "../support/program";

const shop: Product = {
    name: "shop",
    description: "An API with three replicas, and who calls it",
    zones: { web: { subnet: 40 }, data: { subnet: 42 }, app: { subnet: 41 } },
    services: {
        db: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api"] } } },
        api: {
            kind: "application",
            image: "ghcr.io/acme/api",
            port: 8000,
            zones: ["web", "app", "data"],
            routes: [{ host: "api.shop" }],
            limits: { processes: 500 },
            replicas: 3,
            drain: 7,
        },
        web: {
            kind: "application",
            image: "ghcr.io/acme/web",
            port: 3000,
            zones: ["web"],
            calls: ["api"],
            routes: [{}],
        },
    },
    secrets: [{ name: "database", engine: "database", path: "shop", rotation: "lease", readers: ["api"] }],
};

let program: Program;

beforeAll(async () => {
    program = await collectProduct(shop);
});

const named = (name: string): Registered => {
    const found = program.resources.filter(({ type, inputs }) => type === CONTAINER && inputs["name"] === name);
    expect(found).toHaveLength(1);
    return found[0]!;
};
const replicas = (): Registered[] => ["local-shop-api", "local-shop-api-2", "local-shop-api-3"].map(named);

test("replicas are replaced in their places from the last to the first; who calls the service waits for that one", () => {
    const [first, second, third] = replicas() as [Registered, Registered, Registered];
    expect(first.name).toBe("shop-api-container");
    const others = third.options.dependsOn;
    expect(others.filter((urn) => urn.includes("shop-api-container"))).toEqual([]);
    expect(new Set(second.options.dependsOn)).toEqual(new Set([...others, third.urn]));
    expect(new Set(first.options.dependsOn)).toEqual(new Set([...others, second.urn]));
    for (const { options } of [first, second, third]) expect(options.deleteBeforeReplace).toBe(true);
    const caller = named("local-shop-web").options.dependsOn;
    expect(caller).toContain(first.urn);
    expect(caller).not.toContain(third.urn);
});

test("replicas differ by their names and by a label, and by nothing else", () => {
    const [first, ...others] = replicas().map(({ inputs }) => inputs);
    const differing = ["name", "hostname", "labels"];
    const rest = (inputs: Registered["inputs"]): object =>
        Object.fromEntries(Object.entries(inputs).filter(([key]) => !differing.includes(key)));
    for (const other of others) expect(rest(other)).toEqual(rest(first!));
    expect(replicas().map(({ inputs }) => inputs["hostname"])).toEqual(["shop-api", "shop-api-2", "shop-api-3"]);
    expect(replicas().map((one) => labelsOf(one)["strata.replica"])).toEqual([undefined, "2", "3"]);
    expect(new Set(replicas().map((one) => labelsOf(one)["strata.service"]))).toEqual(new Set(["shop-api"]));
});

test("a replica has time to drain, and its user the processes of all", () => {
    const { inputs } = named("local-shop-api-2");
    expect(inputs).toMatchObject({ destroyGraceSeconds: 17, stopTimeout: 17 });
    expect(inputs["envs"]).toContain("DRAIN_SECONDS=7");
    expect(inputs["ulimits"]).toContainEqual({ name: "nproc", soft: 1500, hard: 1500 });
    expect(named("local-shop-web").inputs).not.toHaveProperty("stopTimeout");
});

test("they share one agent, one volume of secrets and one user", () => {
    named("local-shop-api-agent");
    const volumes = program.resources.filter(
        ({ type, inputs }) => type === VOLUME && String(inputs["name"]).startsWith("local-shop-api-"),
    );
    expect(volumes.map(({ inputs }) => inputs["name"]).sort()).toEqual([
        "local-shop-api-agent-config",
        "local-shop-api-rendered",
    ]);
    expect(new Set(replicas().map(({ inputs }) => inputs["user"])).size).toBe(1);
});
