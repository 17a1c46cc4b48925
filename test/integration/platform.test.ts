/**
 * The whole platform on a real engine: started, used, attacked, broken, interrupted and removed through the command line,
 * as a user does it. The tests build on each other and run in this order; the first one that fails is the one to look at.
 *
 * Needs a Docker engine, about 2 GiB of memory and root for `/proc` of the containers' processes.
 */

import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";

import { LABEL } from "../../model/names";
import type { Platform } from "../../model/platform";
import { imageTag } from "../../offline/build/images";
import { offlineContext } from "../../cli/setup/setup";
import { describeReport, type IsolationReport, verifyIsolation } from "../../verify";
import { eventually } from "../support/eventually";
import { weaknessesOf } from "../support/hardening";
import { ask } from "../support/http";
import { type Canary, canariesOf, findLeaks } from "../support/leaks";
import {
    asGuestOf,
    docker,
    type Ended,
    inspect,
    inspectAll,
    inspectServices,
    KINDS,
    labelled,
    run,
} from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { isAlive, nameOf, processTree, signalAll, visibleTextOf } from "../support/processes";

const ENV = "test-it";
/** Databases have the environment in their names, with the dash written so that nobody has to quote it. */
const SUFFIX = "test_it";
const FIRST = "up starts everything from nothing, healthy";
const BYSTANDER = `${ENV}-bystander`;
const MINUTE = 60_000;

/** Away from the ranges that the engine hands out by itself. */
const BASE = "10.229";
// Data is protected as in production: the policies grant an exception to `local` only.
const stack = new LiveStack({ name: ENV, addressBase: BASE, port: 27080, config: { "strata:protectData": true } });
const probeImage = imageTag(offlineContext(), "probe");
let platform: Platform;
let first: Ended;

/** Where a Vault that opens itself keeps its key. */
const SEAL_KEY = "/vault/file/seal/key";

/** Name of a service's container. */
const of = (service: string): string => `${ENV}-${service}`;

beforeAll(async () => {
    await stack.removeLeftovers();
    await removeBystanders();
    await docker(["volume", "create", `--label=${LABEL.environment}=${BYSTANDER}`, BYSTANDER]);
    await docker([
        "network",
        "create",
        "--subnet=10.230.0.0/24",
        `--label=${LABEL.environment}=${BYSTANDER}`,
        BYSTANDER,
    ]);
    platform = stack.declared().platform;
    first = await stack.strata("up");
}, 10 * MINUTE);

beforeEach(() => {
    if (first.code !== 0 && expect.getState().currentTestName !== FIRST) {
        throw new Error("the platform did not start, see the first test");
    }
});

afterAll(async () => {
    await stack.remove();
    await removeBystanders();
}, 2 * MINUTE);

async function removeBystanders(): Promise<void> {
    await run("docker", ["volume", "rm", "--force", BYSTANDER]);
    await run("docker", ["network", "rm", BYSTANDER]);
}

/** For the person who reads the run; jest would put a stack trace around it. */
function say(...lines: readonly string[]): void {
    process.stdout.write(lines.map((line) => `    ${line}\n`).join(""));
}

/** Ends with 0, or fails with everything that was printed. */
function expectSuccess(ended: Ended): void {
    expect(`${ended.code}\n${ended.code === 0 ? "" : ended.stdout + ended.stderr}`).toBe("0\n");
}

async function expectNoChanges(): Promise<void> {
    expectSuccess(await stack.gate());
}

async function healthOf(service: string): Promise<string | undefined> {
    return (await inspect(of(service))).State.Health?.Status;
}

async function expectAllHealthy(): Promise<void> {
    const services = await inspectServices(ENV);
    const found = Object.fromEntries(services.map((it) => [it.Config.Labels[LABEL.service], it.State.Health?.Status]));
    expect(found).toEqual(Object.fromEntries(platform.services.map(({ name }) => [name, "healthy"])));
}

/** Ids by service: what changed and what did not. */
async function serviceIds(): Promise<Readonly<Record<string, string>>> {
    const services = await inspectServices(ENV);
    return Object.fromEntries(services.map(({ Id, Config }) => [Config.Labels[LABEL.service] ?? "", Id]));
}

async function verify(): Promise<IsolationReport> {
    return verifyIsolation({ platform, probeImage });
}

describe("up", () => {
    test("starts everything from nothing, healthy", async () => {
        expectSuccess(first);
        expect(first.stdout).toMatch(/\n\d+ created, 0 changed, \d+ unchanged in /);
        await expectAllHealthy();
        expectSuccess(await stack.strata("status"));
    });

    test(
        "has nothing to do the second time",
        async () => {
            const before = await serviceIds();
            const second = await stack.strata("up");
            expectSuccess(second);
            expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
            expect(await serviceIds()).toEqual(before);
        },
        MINUTE,
    );

    test("leaves nothing for the drift gate to find", expectNoChanges, MINUTE);
});

const vaultApi = async <T>(
    path: string,
    token?: string,
    method = "GET",
    body?: object,
): Promise<{ status: number; body: T }> => {
    const answer = await ask({
        host: "localhost",
        port: stack.ports.vault,
        path: `/v1/${path}`,
        method,
        ...(body && { body: JSON.stringify(body) }),
        ...(token !== undefined && { headers: { "X-Vault-Token": token } }),
    });
    return { status: answer.status, body: (answer.body === "" ? {} : JSON.parse(answer.body)) as T };
};
const vaultLogin = async (secretId: string): Promise<{ status: number; body: { auth?: { client_token: string } } }> =>
    vaultApi("auth/approle/login", undefined, "POST", { role_id: "provisioner", secret_id: secretId });
const vaultToken = async (): Promise<string> => {
    const { vaultProvisioner } = (await stack.outputs()) as { vaultProvisioner: { roleId: string; secretId: string } };
    expect(vaultProvisioner.roleId).toBe("provisioner");
    const { status, body } = await vaultLogin(vaultProvisioner.secretId);
    expect(status).toBe(200);
    return body.auth?.client_token ?? "";
};
const vaultHealth = async (): Promise<{ initialized: boolean; sealed: boolean }> =>
    (await vaultApi<{ initialized: boolean; sealed: boolean }>("sys/health")).body;

describe("Vault", () => {
    test(
        "is initialised and open, and lets the program in through the loopback management port",
        async () => {
            expect(await vaultHealth()).toMatchObject({ initialized: true, sealed: false, standby: false });
            await vaultToken();
            expect((await vaultLogin("wrong")).status).toBe(400);
            expect((await vaultApi("sys/mounts")).status).toBe(403);
        },
        MINUTE,
    );

    test(
        "audits, and has no root token any more",
        async () => {
            const token = await vaultToken();
            const audit = await vaultApi<{ data: Record<string, { type: string }> }>("sys/audit", token);
            expect(Object.values(audit.body.data).map(({ type }) => type)).toEqual(["file"]);
            const lines = async (): Promise<number> =>
                Number(await docker(["exec", of("vault"), "sh", "-c", "wc -l < /vault/file/audit/audit.log"]));
            const before = await lines();
            await vaultApi("sys/mounts", token);
            expect(await lines()).toBeGreaterThan(before);

            const { body } = await vaultApi<{ data: { keys: string[] } }>("auth/token/accessors", token, "LIST");
            expect(body.data.keys.length).toBeGreaterThan(0);
            for (const accessor of body.data.keys) {
                const found = await vaultApi<{ data: { policies: string[] } }>(
                    "auth/token/lookup-accessor",
                    token,
                    "POST",
                    { accessor },
                );
                expect(found.body.data.policies).not.toContain("root");
            }
            expect(await docker(["exec", of("vault"), "ls", "/vault/file/seal"])).toBe("key\nprovisioned\n");
            // What the program may not do, although it configures everything.
            expect((await vaultApi("auth/token/create", token, "POST", { policies: ["root"] })).status).toBe(403);
            expect((await vaultApi("sys/raw/core", token)).status).toBe(403);
        },
        MINUTE,
    );

    test(
        "opens itself after a restart",
        async () => {
            await docker(["restart", of("vault")]);
            await eventually("vault answers unsealed", async () => !(await vaultHealth()).sealed);
            await vaultToken();
            await eventually("vault is healthy", async () => (await healthOf("vault")) === "healthy");
        },
        2 * MINUTE,
    );

    test(
        "is sealed after a restart without its key",
        async () => {
            await docker(["exec", of("vault"), "mv", SEAL_KEY, `${SEAL_KEY}.away`]);
            await docker(["restart", of("vault")]);
            await eventually("vault answers sealed", async () => (await vaultHealth()).sealed);
            expect(await healthOf("vault")).not.toBe("healthy");
        },
        MINUTE,
    );
});

describe("isolation", () => {
    const web = of("bizosaas-client-portal");
    const target = async (service: string, port: number): Promise<string[]> => {
        const { NetworkSettings } = await inspect(of(service));
        return Object.values(NetworkSettings.Networks).map(({ IPAddress }) => `${IPAddress}:${port}`);
    };
    const connect = async (from: string, addresses: readonly string[]): Promise<string[]> => {
        const command = ["connect", "--timeout=1s", ...addresses];
        const { stdout } = await asGuestOf({ environment: ENV, of: from, image: probeImage, command });
        const lines = stdout.trim().split("\n").filter(Boolean);
        return lines.map((line) => (JSON.parse(line) as { verdict: string }).verdict);
    };

    test(
        "psra-db-net cannot be reached from bizosaas' web zone by address",
        async () => {
            const forbidden = [...(await target("psra-postgres", 5432)), ...(await target("psra-redis", 6379))];
            expect(forbidden).toHaveLength(2);
            // Controls: the source reaches its own gateway, and both targets answer those that may.
            const [gateway] = (await target("bizosaas-brain-gateway", 8001)).filter((address) =>
                address.startsWith(`${BASE}.30.`),
            );
            expect(await connect(web, [gateway ?? "none"])).toEqual(["open"]);
            expect(await connect(of("psra-api"), forbidden)).toEqual(["open", "open"]);
            const verdicts = await connect(web, forbidden);
            expect(verdicts).toHaveLength(2);
            expect(verdicts.filter((verdict) => verdict !== "silent" && verdict !== "unreachable")).toEqual([]);
        },
        MINUTE,
    );

    test(
        "every pair of containers can do what was declared, and no more",
        async () => {
            const report = await verify();
            say(...describeReport(report));
            expect(report.findings).toEqual([]);
            expect(report.verdict).toBe("holds");
            const count = platform.services.length;
            expect(report.sources).toBe(count);
            expect(report.pairs).toBe(count * (count - 1));
            expect(report.counts.must).toBe(platform.flows.length);
            expect(await labelled("container", ENV)).toHaveLength((await inspectAll(ENV)).length);
        },
        MINUTE,
    );

    test(
        "a container in a zone too many is found, by its attachment and by what it reaches",
        async () => {
            await docker(["network", "connect", of("psra-db-net"), web]);
            const report = await verify().finally(() => docker(["network", "disconnect", of("psra-db-net"), web]));
            expect(report.verdict).toBe("broken");
            const texts = report.findings.map(({ text }) => text.replace(/ \([^)]*\)/, ""));
            expect(texts).toContain(`${web} is attached to ${of("psra-db-net")}, which is none of its zones`);
            expect(texts).toContain(
                "bizosaas-client-portal -> psra-postgres port 5432: nobody declared it, and it is open",
            );
            expect(texts).toContain(
                "psra-redis -> bizosaas-client-portal port 3001: nobody declared it, and it is open",
            );
        },
        MINUTE,
    );

    test(
        "no container of an internal zone reaches the machine",
        async () => {
            const listener = await listen();
            try {
                const { port } = listener.address() as { port: number };
                const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
                const machine = own
                    .filter(({ family, internal }) => family === "IPv4" && !internal)
                    .map(({ address }) => address);
                const edgeGateway = platform.zones.find(({ internal }) => !internal)?.gateway ?? "";
                // Control: the listener is there, and the one container with a way out finds it.
                expect(await connect(of("edge"), [`${edgeGateway}:${port}`])).toEqual(["open"]);
                const addresses = [...new Set([...machine, ...platform.zones.map(({ gateway }) => gateway)])];
                const verdicts = await connect(
                    of("psra-postgres"),
                    addresses.map((address) => `${address}:${port}`),
                );
                expect(verdicts).toHaveLength(addresses.length);
                expect(verdicts.filter((verdict) => verdict !== "silent" && verdict !== "unreachable")).toEqual([]);
            } finally {
                listener.close();
            }
        },
        MINUTE,
    );

    function listen(): Promise<Server> {
        return new Promise((resolve) => {
            const server = createServer((socket) => socket.destroy());
            server.listen(0, "0.0.0.0", () => resolve(server));
        });
    }
});

describe("Postgres", () => {
    /** As superuser, through the server's socket: the only way that needs no password. */
    const asAdministrator = async (service: string, database: string, sql: string): Promise<string> => {
        const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
        return (await docker(["exec", "-i", of(service), ...psql], { input: sql })).trim();
    };
    /** As the application's role: where the application is, with what is in its file. */
    const asApplication = async (sql: string, url = '"$(cat "$0")"'): Promise<Ended> => {
        const { Config } = await inspect(of("psra-postgres"));
        return asGuestOf({
            environment: ENV,
            of: of("psra-api"),
            image: Config.Image,
            entrypoint: "sh",
            command: [
                "-c",
                `psql -X -q -A -t -w -v ON_ERROR_STOP=1 ${url}`,
                `/etc/strata/secrets/postgres-psra_${SUFFIX}`,
            ],
            files: `${of("psra-api")}-files`,
            input: sql,
        });
    };
    const value = async (sql: string): Promise<string> => {
        const { code, stdout, stderr } = await asApplication(sql);
        return code === 0 ? stdout.trim() : `failed with ${code}: ${stderr}`;
    };

    test(
        "has the databases of each product and of the platform, with vector and uuid where they are asked for",
        async () => {
            const databases =
                "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'";
            expect(await asAdministrator("bizosaas-postgres", "postgres", databases)).toBe(
                `bizosaas_${SUFFIX} saleor_${SUFFIX}`,
            );
            expect(await asAdministrator("postgres", "postgres", databases)).toBe(`temporal_${SUFFIX} vault_${SUFFIX}`);
            expect(await asAdministrator("psra-postgres", "postgres", databases)).toBe(`psra_${SUFFIX}`);
            const use =
                "SELECT '[1,2]'::vector <-> '[1,4]'::vector, length(uuid_generate_v4()::text), length(gen_random_uuid()::text)";
            expect(await asAdministrator("bizosaas-postgres", `bizosaas_${SUFFIX}`, use)).toBe("2|36|36");
            const version = await asAdministrator("psra-postgres", "postgres", "SHOW server_version_num");
            expect(Number(version)).toBeGreaterThanOrEqual(160_000);
        },
        MINUTE,
    );

    test(
        "lets an application in over the network with the password of its file, by SCRAM, and nobody else",
        async () => {
            expect(await value("SELECT current_user || ' ' || current_database()")).toBe(`psra psra_${SUFFIX}`);
            const methods =
                "SELECT string_agg(DISTINCT type || ' ' || auth_method, ', ') FROM pg_hba_file_rules WHERE auth_method <> 'reject'";
            expect(await asAdministrator("psra-postgres", "postgres", methods)).toBe("host scram-sha-256, local peer");
            const stored = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin";
            expect(await asAdministrator("psra-postgres", "postgres", stored)).toBe("t");

            const wrong = await asApplication("SELECT 1", `postgresql://psra:wrong@psra-postgres/psra_${SUFFIX}`);
            expect(wrong.code).toBe(2);
            expect(wrong.stderr).toContain('password authentication failed for user "psra"');
            const none = await asApplication("SELECT 1", "postgresql://postgres@psra-postgres/postgres");
            expect(none.code).toBe(2);
            expect(none.stderr).toContain("no password supplied");
        },
        MINUTE,
    );

    test(
        "gives an application a role that owns nothing and can become nobody",
        async () => {
            const owned = `SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'psra'::regrole AND deptype = 'o'`;
            expect(await value(owned)).toBe("0");
            const rights =
                "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user";
            expect(await value(rights)).toBe("f|f|f|f|f");
            expect(await value("SELECT count(*) FROM pg_auth_members WHERE member = 'psra'::regrole")).toBe("0");
            expect(await value("CREATE TABLE mine (x int)")).toContain("permission denied for schema public");
            expect(await value(`SET ROLE psra_${SUFFIX}_owner`)).toContain("permission denied to set role");
            expect(
                await value(
                    "SELECT has_database_privilege('postgres', 'CONNECT'), has_database_privilege('template1', 'CONNECT')",
                ),
            ).toBe("f|f");
        },
        MINUTE,
    );

    test(
        "shows each tenant its own rows, and none to whoever names no tenant",
        async () => {
            // As a migration does it: as the owner. The administrator is above row-level security and fills both tenants' rows in.
            await asAdministrator(
                "psra-postgres",
                `psra_${SUFFIX}`,
                `SET ROLE psra_${SUFFIX}_owner;
             CREATE TABLE orders (id int PRIMARY KEY, tenant_id text NOT NULL, what text NOT NULL);
             SELECT strata.isolate_tenants('orders', 'tenant_id');
             RESET ROLE;
             INSERT INTO orders VALUES (1, 'alpha', 'a1'), (2, 'beta', 'b1'), (3, 'beta', 'b2');`,
            );
            const seen = "SELECT coalesce(string_agg(what, ' ' ORDER BY id), 'nothing') FROM orders;";
            const as = (tenant: string, sql: string): string =>
                `BEGIN; SET LOCAL app.current_tenant_id = '${tenant}'; ${sql} COMMIT;`;
            expect(await value(seen)).toBe("nothing");
            expect(await value(as("alpha", seen))).toBe("a1");
            expect(await value(as("beta", seen))).toBe("b1 b2");
            // The setting ends with its transaction, so a pooled connection does not carry it to the next tenant.
            expect(await value(`${as("beta", seen)} ${seen}`)).toBe("b1 b2\nnothing");
            const refused = 'new row violates row-level security policy for table "orders"';
            expect(await value(as("alpha", "INSERT INTO orders VALUES (4, 'beta', 'b3');"))).toContain(refused);
            expect(await value("INSERT INTO orders VALUES (4, 'alpha', 'a2')")).toContain(refused);
            expect(
                await value(
                    as(
                        "alpha",
                        "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone; ROLLBACK; BEGIN;",
                    ),
                ),
            ).toBe("1");
            expect(await value("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")).toContain(
                "must be owner of table orders",
            );
            // FORCE: the owner is held to it as well.
            const owner = `SET ROLE psra_${SUFFIX}_owner; ${seen}`;
            expect(await asAdministrator("psra-postgres", `psra_${SUFFIX}`, owner)).toBe("nothing");
        },
        MINUTE,
    );
});

describe("Redis", () => {
    test(
        "refuses whoever does not log in",
        async () => {
            expect(await redis("redis-cli -h psra-redis ping")).toBe("NOAUTH Authentication required.");
            expect(await redis("redis-cli -h psra-redis --user default --pass x ping")).toContain("WRONGPASS");
        },
        MINUTE,
    );

    test(
        "lets a user touch its own keys and no others, and no command that ignores keys",
        async () => {
            expect(await redis('redis-cli -u "$(cat "$0")" set api:marker kept')).toBe("OK");
            for (const command of [
                "set engine:x 1",
                "get engine:x",
                "keys '*'",
                "flushall",
                "config get dir",
                "acl list",
                "swapdb 0 1",
            ]) {
                expect(`${command}: ${await redis(`redis-cli -u "$(cat "$0")" ${command}`)}`).toContain("NOPERM");
            }
            expect(await redis('redis-cli -u "$(cat "$0")" publish engine:events x')).toContain("NOPERM");
            expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
        },
        2 * MINUTE,
    );
});

/** Redis as psra's API sees it; `$0` is its file with the URL. Errors are answers too. */
async function redis(script: string): Promise<string> {
    const { Config } = await inspect(of("psra-redis"));
    const { stdout, stderr } = await asGuestOf({
        environment: ENV,
        of: of("psra-api"),
        image: Config.Image,
        entrypoint: "sh",
        command: ["-c", `${script} 2>&1 | grep -v '^Warning: Using a password'`, "/etc/strata/secrets/redis"],
        files: `${of("psra-api")}-files`,
    });
    return `${stdout}${stderr}`.trim();
}

// Half a minute of grace after the restart has passed meanwhile; nothing in between needs an open Vault.
describe("a sealed Vault", () => {
    test(
        "is unhealthy, and recovers when its key is back",
        async () => {
            await eventually("vault is unhealthy", async () => (await healthOf("vault")) === "unhealthy", {
                within: 2 * MINUTE,
            });
            expect((await stack.strata("status")).code).toBe(1);
            await docker(["exec", of("vault"), "mv", `${SEAL_KEY}.away`, SEAL_KEY]);
            await eventually("vault is healthy", async () => (await healthOf("vault")) === "healthy");
            expect((await vaultHealth()).sealed).toBe(false);
        },
        3 * MINUTE,
    );
});

describe("the edge", () => {
    const { domain, ports } = stack;
    let authority: string;
    beforeAll(async () => {
        authority = String((await stack.outputs())["authority"]);
    }, MINUTE);
    const get = (host: string, path = "/") => ask({ host, port: ports.https, path, authority });

    test("sends plain HTTP to HTTPS", async () => {
        const answer = await ask({ host: `psra.${domain}`, port: ports.http, path: "/a?b=c" });
        expect([301, 308]).toContain(answer.status);
        expect(answer.headers["location"]).toBe(`https://psra.${domain}:${ports.https}/a?b=c`);
    });

    test("has a certificate of the stack's own authority for every host that it routes", async () => {
        expect(authority).toContain("BEGIN CERTIFICATE");
        const hosts = platform.services.flatMap(({ routes }) => routes.map(({ host }) => host));
        expect(hosts).toContain(`api.psra.${domain}`);
        for (const host of hosts) {
            expect(`${host} ${(await get(host)).status}`).toBe(`${host} 200`);
        }
        // Control: the same certificate is refused by whoever trusts another authority.
        await expect(ask({ host: `psra.${domain}`, port: ports.https, authority: "" })).rejects.toThrow(/certificate/);
    });

    test("leads to the services, which reach their stores and those they call", async () => {
        const api = await get(`api.psra.${domain}`);
        expect(JSON.parse(api.body)).toMatchObject({
            product: "psra",
            service: "psra-api",
            environment: ENV,
            upstreams: ["psra-engine"],
        });
        const portal = await get(`bizosaas.${domain}`);
        expect(JSON.parse(portal.body)).toMatchObject({ product: "bizosaas", service: "bizosaas-client-portal" });
        expect(JSON.parse((await get(`api.psra.${domain}`, "/readyz")).body)).toEqual({
            postgres: { status: "ok" },
            redis: { status: "ok" },
        });
        const call = await get(`bizosaas.${domain}`, "/call/bizosaas-brain-gateway");
        expect(JSON.parse(call.body)).toMatchObject({ reached: true, status: 200 });
        expect(api.headers).toMatchObject({
            "strict-transport-security": expect.any(String) as string,
            "x-frame-options": "DENY",
        });
    });

    test("knows no other host", async () => {
        expect((await get(`nobody.${domain}`)).status).toBe(404);
        expect((await get(domain, "/api/overview")).status).toBe(404);
    });

    test("serves its dashboard and Vault on the loopback address only", async () => {
        // The API behind the dashboard: a Traefik that was built from its Go module has no pages for it.
        const overview = await ask({ host: "localhost", port: ports.dashboard, path: "/api/overview" });
        expect(JSON.parse(overview.body)).toHaveProperty("http.routers.total");
        expect((await ask({ host: "localhost", port: ports.dashboard, path: "/metrics" })).body).toContain("traefik_");
        const { HostConfig } = await inspect(of("edge"));
        const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
        expect(bindings.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`).sort()).toEqual(
            Object.values(ports).map((port) => `127.0.0.1:${port}`),
        );
        const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
        for (const { address, family, internal } of others) {
            if (family === "IPv4" && !internal) {
                await expect(ask({ host: "localhost", port: ports.dashboard, address })).rejects.toThrow(
                    "ECONNREFUSED",
                );
            }
        }
    });

    test(
        "forbids its management pages to everybody in its zones",
        async () => {
            const { NetworkSettings } = await inspect(of("edge"));
            const address = NetworkSettings.Networks[of("psra-web-net")]?.IPAddress ?? "";
            expect(address).toContain(`${BASE}.13.`);
            const urls = [9000, 9001].flatMap((port) =>
                ["", "dashboard/", "api/rawdata", "metrics", "v1/sys/health"].map(
                    (path) => `http://${address}:${port}/${path}`,
                ),
            );
            const { stdout } = await asGuestOf({
                environment: ENV,
                of: of("psra-web"),
                image: probeImage,
                command: ["connect", "--timeout=2s", ...urls],
            });
            const answers = stdout
                .trim()
                .split("\n")
                .map((line) => JSON.parse(line) as { address: string; status: number });
            expect(answers.map(({ address: url, status }) => `${url} ${status}`)).toEqual(
                urls.map((url) => `${url} 403`),
            );
        },
        MINUTE,
    );
});

describe("hardening", () => {
    test("every container is what was promised", async () => {
        const all = await inspectAll(ENV);
        expect(all.length).toBeGreaterThan(platform.services.length);
        expect(all.flatMap(weaknessesOf)).toEqual([]);
    });

    test("no process is root, and none may gain a capability", async () => {
        for (const { Name, State } of await inspectServices(ENV)) {
            const status = visibleStatus(State.Pid);
            expect(`${Name} ${status["Uid"]?.split("\t").includes("0")}`).toBe(`${Name} false`);
            expect(`${Name} ${status["CapEff"]} ${status["CapBnd"]}`).toBe(
                `${Name} ${"0".repeat(16)} ${"0".repeat(16)}`,
            );
            expect(`${Name} ${status["NoNewPrivs"]} ${status["Seccomp"]}`).toBe(`${Name} 1 2`);
        }
    });

    test(
        "no container forwards packets or has IPv6",
        async () => {
            const { Config } = await inspect(of("psra-postgres"));
            const services = await inspectServices(ENV);
            const looks = services.map(async ({ Name }) => {
                const { stdout } = await asGuestOf({
                    environment: ENV,
                    of: Name.slice(1),
                    image: Config.Image,
                    entrypoint: "sh",
                    command: [
                        "-c",
                        "cat /proc/sys/net/ipv4/ip_forward; grep -v ' lo$' /proc/net/if_inet6 2>/dev/null || echo no IPv6",
                    ],
                });
                return `${Name}: ${stdout.trim().replace("\n", ", ")}`;
            });
            expect(await Promise.all(looks)).toEqual(services.map(({ Name }) => `${Name}: 0, no IPv6`));
        },
        MINUTE,
    );

    function visibleStatus(pid: number): Readonly<Record<string, string>> {
        // The first process is docker-init; what it may not, its children may not either.
        const { readFileSync } = jest.requireActual<typeof import("node:fs")>("node:fs");
        const lines = readFileSync(`/proc/${pid}/status`, "utf8").split("\n");
        return Object.fromEntries(
            lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
        );
    }
});

describe("secrets", () => {
    let canaries: Canary[];
    beforeAll(async () => {
        const exported = await stack.pulumi("stack", "export", "--show-secrets");
        const vaultKey = (await docker(["exec", of("vault"), "cat", SEAL_KEY])).trim();
        canaries = [
            ...canariesOf(JSON.parse(exported.stdout)),
            { name: "unseal key of Vault", value: vaultKey },
            { name: "passphrase of the state", value: stack.passphrase() },
        ];
    }, MINUTE);

    test("are known to this test: one password per role and user, the edge's key, Vault's identity", () => {
        const names = canaries.map(({ name }) => name);
        const passwords = platform.services.flatMap(({ name, databases, redisUsers }) => [
            ...(databases.length > 0 ? [`${name}-superuser`] : []),
            ...databases.map(({ role }) => `${name}-${role}`),
            ...redisUsers.map((user) => `${name}-${user.name}`),
        ]);
        expect(names).toEqual(expect.arrayContaining([...passwords, "vault-provisioner"]));
        expect(canaries.some(({ value }) => value.includes("PRIVATE KEY"))).toBe(true);
        expect(canaries.some(({ value }) => value.startsWith("postgresql://psra:"))).toBe(true);
        say(`${canaries.length} secret values`);
    });

    test(
        "are in no argument, environment, label, log, output, state or file of the command line",
        async () => {
            const places = new Map(stack.privateFiles());
            places.set("the output of every command so far", stack.output.join("\n"));
            for (const kind of KINDS) {
                places.set(`docker ${kind} inspect`, await docker([kind, "inspect", ...(await labelled(kind, ENV))]));
            }
            for (const container of await inspectServices(ENV)) {
                const { stdout, stderr } = await run("docker", ["logs", container.Id]);
                places.set(`log of ${container.Name}`, stdout + stderr);
                for (const pid of processTree(container.State.Pid)) {
                    places.set(`process ${pid} (${nameOf(pid)}) of ${container.Name}`, visibleTextOf(pid));
                }
            }
            // Controls: the places hold what they should, so finding nothing in them means something.
            expect(places.get("docker container inspect")).toContain(of("psra-postgres"));
            expect(places.get(`log of /${of("psra-postgres")}`)).toContain("ready to accept connections");
            expect(
                [...places].filter(([place, text]) => place.startsWith("process") && text.includes("HOME=")).length,
            ).toBeGreaterThan(0);
            expect([...places.keys()].some((place) => place.endsWith(`/stacks/strata/${ENV}.json`))).toBe(true);
            expect(
                [...places]
                    .filter(([, text]) => text === "")
                    .map(([place]) => place)
                    .filter((place) => place.startsWith("process")),
            ).toEqual([]);
            say(`${places.size} places`);
            expect(findLeaks(canaries, places)).toEqual([]);
        },
        MINUTE,
    );
});

describe("drift", () => {
    test(
        "a container that is gone is found by the gate and brought back alone, with its data",
        async () => {
            const before = await serviceIds();
            await docker(["rm", "--force", of("psra-redis")]);
            expect((await stack.gate()).code).toBe(7);
            expect((await stack.strata("status")).code).toBe(1);

            expectSuccess(await stack.strata("up"));
            const after = await serviceIds();
            expect(Object.keys(after).filter((service) => after[service] !== before[service])).toEqual(["psra-redis"]);
            await expectAllHealthy();
            expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
            // The same gate, through the command line.
            expectSuccess(await stack.strata("preview", "--refresh", "--expect-no-changes"));
        },
        3 * MINUTE,
    );
});

describe("down and interruptions", () => {
    test(
        "down removes everything but the data",
        async () => {
            const data = (await labelled("volume", ENV)).filter((name) => name.endsWith("-data"));
            expect(data.length).toBeGreaterThan(0);
            expectSuccess(await stack.strata("down"));
            expect(await labelled("container", ENV)).toEqual([]);
            expect(await labelled("network", ENV)).toEqual([]);
            expect((await labelled("volume", ENV)).sort()).toEqual(data.sort());
        },
        2 * MINUTE,
    );

    test(
        "Ctrl-C in the middle of an up ends it in order",
        async () => {
            const { child, ended } = stack.start("up");
            await eventually("two services run", async () => (await running()).length >= 2, {
                within: 2 * MINUTE,
                every: 50,
            });
            child.kill("SIGINT");
            const { code } = await ended;
            expect(code).toBe(130);
            expect((await running()).length).toBeLessThan(platform.services.length);
            const state = JSON.parse((await stack.pulumi("stack", "export")).stdout) as {
                deployment: { pending_operations?: unknown[] };
            };
            expect(state.deployment.pending_operations ?? []).toEqual([]);
        },
        4 * MINUTE,
    );

    test(
        "kill -9 of the command line, pulumi and all plugins in the middle of an up leaves what the next up repairs",
        async () => {
            const already = (await running()).length;
            const { child, ended } = stack.start("up");
            await eventually("two more services run", async () => (await running()).length >= already + 2, {
                within: 2 * MINUTE,
                every: 50,
            });
            const all = processTree(child.pid ?? 0);
            const names = all.map(nameOf);
            signalAll(all, "SIGKILL");
            await ended;
            await eventually("all of them ended", () => Promise.resolve(!all.some(isAlive)));
            // Otherwise something else than the middle of an up was hit.
            expect(names).toEqual(expect.arrayContaining(["node", "pulumi", "pulumi-resource"]));
            expect((await running()).length).toBeLessThan(platform.services.length);

            expectSuccess(await stack.strata("up"));
            await expectAllHealthy();
            await expectNoChanges();
        },
        6 * MINUTE,
    );

    test(
        "nothing labelled is left that the state does not know",
        async () => {
            const exported = await stack.pulumi("stack", "export");
            const { deployment } = JSON.parse(exported.stdout) as {
                deployment: { resources: { id?: string; type: string }[]; pending_operations?: unknown[] };
            };
            const known = deployment.resources.filter(({ type }) => type.startsWith("docker:")).map(({ id }) => id);
            for (const kind of KINDS) {
                expect((await labelled(kind, ENV)).filter((id) => !known.includes(id))).toEqual([]);
            }
            expect(deployment.pending_operations ?? []).toEqual([]);
        },
        MINUTE,
    );

    test(
        "the data is there again, and the isolation holds",
        async () => {
            expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
            const sql = "SELECT string_agg(what, ' ' ORDER BY id) FROM orders";
            const rows = await docker([
                "exec",
                of("psra-postgres"),
                "psql",
                "-X",
                "-A",
                "-t",
                "-U",
                "postgres",
                "-d",
                `psra_${SUFFIX}`,
                "-c",
                sql,
            ]);
            expect(rows.trim()).toBe("a1 b1 b2");
            await vaultToken();
            const authority = String((await stack.outputs())["authority"]);
            const ready = await ask({
                host: `api.psra.${stack.domain}`,
                port: stack.ports.https,
                path: "/readyz",
                authority,
            });
            expect(ready.status).toBe(200);
            const report = await verify();
            expect(report.findings).toEqual([]);
            expect(report.verdict).toBe("holds");
        },
        2 * MINUTE,
    );

    test(
        "down --volumes asks for the name, then removes everything, and nothing else",
        async () => {
            const refused = await stack.strata("down", "--volumes", "--confirm", "local");
            expect(refused.code).toBe(2);
            expect(await running()).toHaveLength(platform.services.length);

            expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
            for (const kind of KINDS) {
                expect(await labelled(kind, ENV)).toEqual([]);
            }
            expect(await labelled("volume", BYSTANDER)).toHaveLength(1);
            expect(await labelled("network", BYSTANDER)).toHaveLength(1);
        },
        2 * MINUTE,
    );

    async function running(): Promise<string[]> {
        return (await inspectServices(ENV)).filter(({ State }) => State.Running).map(({ Name }) => Name);
    }
});
