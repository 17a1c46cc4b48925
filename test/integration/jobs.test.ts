/**
 * A job on a real engine: it runs once, its failure stops what waits for it, and a run that was cut off is not begun a second time. The
 * parts build on each other and run in this order.
 *
 * Needs a Docker engine. The program of job and API is the test's own: what it does decides how the job ends.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { makeCheckout, removeCheckout } from "../support/checkout";
import { eventually } from "../support/eventually";
import { weaknessesOf } from "../support/hardening";
import { imageOf } from "../support/images";
import { docker, type Ended, inspectAll, run } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectCode, expectSuccess, say } from "../support/outcome";
import { isAlive, processTree, signalAll } from "../support/processes";

const ENV = "test-job";
const JOB = `${ENV}-shop-migrate`;
const API = `${ENV}-shop-api`;
const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const PRODUCTS = `import type { Product } from "../model/product";

export const products: readonly Product[] = [
    {
        name: "shop",
        description: "An API, and the migration that it waits for",
        zones: { web: { subnet: 40 }, app: { subnet: 41 }, data: { subnet: 42, peers: true } },
        services: {
            db: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api"], migrations: ["migrate"] } } },
            api: { kind: "application", image: "ghcr.io/acme/api", port: 8000, zones: ["app", "data"] },
            migrate: { kind: "job", of: "api", zones: ["data"], before: ["api"], timeLimit: 300 },
        },
        secrets: [
            { name: "db", engine: "database", path: "shop", rotation: "lease", readers: ["api"] },
            { name: "owner", engine: "database", path: "shop-migrations", rotation: "lease", readers: ["migrate"] },
        ],
    },
];
`;

/** What the program does as the job (\`--once\`). */
const FAILS = "for step in $(seq 1 20); do echo step $step; done; echo no column id >&2; exit 3";
const MIGRATION = `CREATE TABLE IF NOT EXISTS orders (tenant_id uuid NOT NULL, id serial);
SELECT strata.isolate_tenants($$orders$$, $$tenant_id$$);
SELECT $$worked as $$ || session_user || $$ for $$ || current_user`;
const WORKS = `psql "$(cat "$POSTGRES_URL_FILE")" --set ON_ERROR_STOP=1 --tuples-only --command '${MIGRATION.replaceAll("\n", " ")}'`;
/** Long enough for the second update to come so far. */
const WORKS_SLOWLY = `sleep 80; ${WORKS}`;

const checkout = makeCheckout(ENV);
writeFileSync(join(checkout, "products", "index.ts"), PRODUCTS);
const stack = new LiveStack({
    name: ENV,
    addressBase: "10.211",
    port: 32_100,
    checkout,
    config: {
        "strata:products": [{ name: "shop" }],
        "strata:identity": undefined,
        "strata:standIn": "reference-app",
        "strata:protectData": false,
    },
});
const built: string[] = [];

beforeAll(() => stack.removeLeftovers());

afterAll(async () => {
    await stack.remove();
    await run("docker", ["rmi", "--force", ...new Set(built)]);
    removeCheckout(checkout);
});

/** Accepts connections, so that the probe can tell that the API is there. */
const LISTENS = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 9); close $c while $c = $s->accept'`;

/** Declares a program for job and API. */
async function release(asJob: string): Promise<void> {
    const script = `case "$1" in --healthcheck) exit 0 ;; --once) ;; *) exec ${LISTENS} ;; esac\n${asJob}\n`;
    const lines = script.split("\n").map((line) => `'${line.replaceAll("'", "'\\''")}'`);
    const recipe = [
        `FROM ${await imageOf("postgres")}`,
        "USER 0",
        `RUN printf '%s\\n' '#!/bin/sh' ${lines.join(" ")} > /reference-app && chmod 755 /reference-app`,
        "USER 10001:10001",
        'ENTRYPOINT ["/reference-app"]',
    ];
    const id = (await docker(["build", "--quiet", "-"], { input: recipe.join("\n") })).trim();
    built.push(id);
    stack.declare({ "strata:images": { "reference-app": id } });
}

interface State {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
}

async function stateOf(container: string): Promise<State | undefined> {
    const { code, stdout } = await run("docker", ["inspect", "--format", "{{json .State}}", container]);
    return code === 0 ? (JSON.parse(stdout) as State) : undefined;
}

/** What the job's container has written in all of its runs. */
async function written(): Promise<string> {
    const { stdout, stderr } = await run("docker", ["logs", JOB]);
    return stdout + stderr;
}

const took = (what: string, since: number): void => say(`${what}: ${Math.round((Date.now() - since) / 1000)} s`);

test("a job that fails stops what waits for it, and its last lines are shown", async () => {
    await release(FAILS);
    const since = Date.now();
    const ended = await stack.strata("up");
    took("first up", since);
    expectCode(ended, 1);
    const all = ended.stdout + ended.stderr;
    say(...all.split("\n").slice(-40));
    expect(all).toMatch(new RegExp(`${JOB} ended with 3 after \\d+ s\\. Its last 15 lines:`));
    expect(all).toContain("| step 7\n");
    expect(all).not.toContain("| step 6\n");
    expect(all).toContain("| no column id\n");
    expect(await stateOf(API)).toBeUndefined();
    expect(await stateOf(`${ENV}-shop-db`)).toMatchObject({ Status: "running" });
    expect(await stateOf(`${JOB}-agent`)).toMatchObject({ Status: "exited" });
});

test("status says which job failed and what it wrote last", async () => {
    const ended = await stack.strata("status");
    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toMatch(/^shop-migrate +exited \(3\)/m);
    expect(ended.stdout).toContain("    | no column id\n");
    expect(ended.stdout).toMatch(/^shop-migrate-agent +idle/m);
});

let first: State | undefined;

test("mended, it runs with a login of its own, and what waits for it starts", async () => {
    await release(WORKS);
    const since = Date.now();
    expectSuccess(await stack.strata("up"));
    took("up with another image", since);
    first = await stateOf(JOB);
    expect(first).toMatchObject({ Status: "exited", ExitCode: 0 });
    expect(await written()).toMatch(/worked as v-shop-migrations-\S+ for shop_test_job_owner/);
    expect(await stateOf(API)).toMatchObject({ Status: "running" });
    expect(await stateOf(`${JOB}-agent`)).toMatchObject({ Status: "exited" });
    const containers = await inspectAll(ENV);
    expect(containers.flatMap(weaknessesOf)).toEqual([]);
});

/** SQL with the login that the API has now. */
async function asApi(sql: string): Promise<Ended> {
    const script = 'psql "$(cat "$POSTGRES_URL_FILE")" --set ON_ERROR_STOP=1 --tuples-only --no-align --command "$0"';
    return run("docker", ["exec", API, "sh", "-c", script, sql]);
}

test("what the job has created is the owner's; the API uses it as one tenant, and cannot change it", async () => {
    const tenant = "7f1c7a4e-0000-4000-8000-000000000001";
    expect((await asApi("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'")).stdout).toBe(
        "shop_test_job_owner\n",
    );
    const written = await asApi(
        `BEGIN; SET LOCAL app.current_tenant_id = '${tenant}'; INSERT INTO orders VALUES ('${tenant}'); COMMIT`,
    );
    expectSuccess(written);
    expect((await asApi("SELECT count(*) FROM orders")).stdout).toBe("0\n");
    expect((await asApi("DROP TABLE orders")).stderr).toContain("must be owner of table orders");
    expect((await asApi("SET ROLE shop_test_job_owner")).stderr).toContain("permission denied to set role");
    expect((await asApi("CREATE TABLE more (id int)")).stderr).toContain("permission denied for schema public");
});

test("an idle up runs nothing, the refresh gate is clean, and all is well and isolated", async () => {
    const since = Date.now();
    const ended = await stack.strata("up");
    took("idle up", since);
    expectSuccess(ended);
    expect(ended.stdout).toContain("0 changes");
    expectCode(await stack.gate(), 0);
    expect(await stateOf(JOB)).toEqual(first);
    const status = await stack.strata("status");
    expectSuccess(status);
    expect(status.stdout).toMatch(/^shop-migrate +done/m);
    expectSuccess(await stack.strata("verify"));
});

test("a run that was cut off is waited for, and not begun a second time", async () => {
    await release(WORKS_SLOWLY);
    const { child, ended } = stack.start("up");
    const begun = await eventually(
        "the job runs",
        async () => {
            const state = await stateOf(JOB);
            return state?.Status === "running" ? state : undefined;
        },
        { within: 4 * MINUTE, every: 500 },
    );
    const all = processTree(child.pid ?? 0);
    signalAll(all, "SIGKILL");
    await eventually("all of them ended", () => Promise.resolve(!all.some(isAlive) || undefined));
    await ended;
    expect(await stateOf(JOB)).toMatchObject({ Status: "running", StartedAt: begun.StartedAt });
    const since = Date.now();
    const again: Ended = await stack.strata("up");
    took("up after a cut-off run", since);
    expectSuccess(again);
    expect(await stateOf(JOB)).toMatchObject({ Status: "exited", ExitCode: 0, StartedAt: begun.StartedAt });
    expect((await written()).match(/worked as/g)).toHaveLength(1);
    expectCode(await stack.gate(), 0);
});

test("down removes the job, its agent and everything else", async () => {
    expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
    expect(await inspectAll(ENV)).toEqual([]);
});
