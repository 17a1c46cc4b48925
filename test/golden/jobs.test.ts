/** What a job of a product makes: its container, its agent that runs only with it, and the command that runs both. */

import type { Product } from "../../model/product";
import { judgeProgram } from "../support/policy";
import { collectProduct, labelsOf } from "../support/product-program";
import type { Program, Registered } from "../support/program";
import { CONTAINER, VOLUME } from "../support/stack";
import { IDENTITY } from "../support/engine";

const shop: Product = {
    name: "shop",
    description: "An API, and the migration that it waits for",
    zones: { web: { subnet: 40 }, app: { subnet: 41 }, data: { subnet: 42, peers: true } },
    services: {
        db: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api", "migrate"] } } },
        api: {
            kind: "application",
            image: "ghcr.io/acme/api",
            port: 8000,
            zones: ["web", "app", "data"],
            routes: [{ host: "api.shop" }],
        },
        migrate: { kind: "job", of: "api", zones: ["data"], before: ["api"], timeLimit: 120 },
    },
    secrets: [{ name: "database", engine: "database", path: "shop", rotation: "lease", readers: ["api", "migrate"] }],
};

let program: Program;

beforeAll(async () => {
    program = await collectProduct(shop);
});

const named = (name: string): Registered => {
    const found = program.resources.filter((resource) => resource.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
};
const ENDS = { start: false, mustRun: false, restart: "no" };

test("no rule has anything to say", async () => {
    expect(await judgeProgram(program)).toEqual({});
});

test("the job and its agent end, the API and its agent last", () => {
    const runs = ["shop-migrate", "shop-migrate-agent", "shop-api", "shop-api-agent"].map((name) => {
        const container = named(`${name}-container`);
        const { start, mustRun, restart } = container.inputs;
        return [labelsOf(container)["strata.runs"], start, mustRun, restart];
    });
    expect(runs).toEqual([
        ["once", false, false, "no"],
        ["with-job", false, false, "no"],
        [undefined, undefined, undefined, "always"],
        [undefined, undefined, undefined, "always"],
    ]);
    expect(named("shop-migrate-container").inputs).toMatchObject({ ...ENDS, healthcheck: { tests: ["NONE"] } });
});

test("the agent's files reach the job in memory, read-only, and its environment says where they are", () => {
    const { inputs } = named("shop-migrate-container");
    expect(inputs["mounts"]).toEqual([
        { type: "volume", source: "local-shop-migrate-rendered", target: "/run/secrets", readOnly: true },
    ]);
    expect(inputs["envs"]).toEqual(
        expect.arrayContaining(["POSTGRES_URL_FILE=/run/secrets/postgres", "SERVICE=shop-migrate"]),
    );
    const [volume] = program.resources.filter(
        ({ type, inputs: own }) => type === VOLUME && own["name"] === "local-shop-migrate-rendered",
    );
    expect(volume?.inputs["driverOpts"]).toMatchObject({ type: "tmpfs" });
});

test("one command runs both; another container of the job or new data runs it again, a new login does not", () => {
    const run = named("shop-migrate-run");
    expect(run.inputs).toMatchObject({
        create: "node components/hardening/run-job.mjs local-shop-migrate 120 local-shop-migrate-agent",
        triggers: ["shop-migrate-container-id", IDENTITY],
        logging: "none",
    });
    expect(run.inputs).not.toHaveProperty("stdin");
    const waited = ["shop-migrate-container", "shop-migrate-agent-container"].map((name) => named(name).urn);
    expect(run.options.dependsOn).toEqual(expect.arrayContaining(waited));
});

test("the API waits for the run, not only for the job's container", () => {
    const { options } = named("shop-api-container");
    expect(options.dependsOn).toContain(named("shop-migrate-run").urn);
    expect(named("shop-migrate-container").type).toBe(CONTAINER);
});
