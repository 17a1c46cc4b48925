/**
 * Vault's configuration on a real server: who may do what, cell by cell, from the network in which each service is;
 * database logins that come and go; changes by hand and what becomes of them; and what is left when the server goes away.
 * The tests build on each other and run in this order.
 *
 * Needs a Docker engine, and root for the network namespaces of containers.
 */

import { readFileSync } from "node:fs";

import type { Platform } from "../../model/platform";
import { allowed, type Capability, grantsFor } from "../../model/secrets/access";
import { deliveriesOf, RENDERED_SECRETS } from "../../model/secrets/delivery";
import { mountOf, type ResolvedSecret } from "../../model/secrets/secret";
import { agentName } from "../../model/secrets/vault-agent";
import { eventually } from "../support/eventually";
import { ask } from "../support/http";
import { type Canary, canariesOf, findLeaks } from "../support/leaks";
import { processTree, visibleTextOf } from "../support/processes";
import {
    asGuestOf,
    docker,
    type Ended,
    fileInside,
    inspect,
    inspectServices,
    labelled,
    KINDS,
    run,
} from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectCode, expectSuccess, say } from "../support/outcome";
import { asSuperuser, askVault, askVaultFrom, type VaultAnswer, type VaultQuestion } from "../support/vault-client";

const ENV = "test-vault";
const MINUTE = 60_000;
const LEASE_SECONDS = 60;
const RENDER_SECONDS = 10;
const STARTS = "a first preview shows the whole plan, and the first up carries it out";
const FIRST = `up ${STARTS}`;
const stack = new LiveStack({
    name: ENV,
    addressBase: "10.226",
    port: 31280,
    config: {
        "strata:products": [{ name: "psra" }, { name: "rentguy" }],
        "strata:protectData": true,
        "strata:platformDatabases": [],
        // Short, so that a test sees what happens in hours elsewhere.
        "strata:identity": { vault: { credentialTtl: LEASE_SECONDS, renderInterval: RENDER_SECONDS } },
    },
});
const of = (service: string): string => `${ENV}-${service}`;
/** Container of a service's agent: it meets Vault, and the service's login is good where it is. */
const beside = (service: string): string => of(agentName(service));

let platform: Platform;
let secrets: readonly ResolvedSecret[];
let services: readonly string[];
let planned: Ended;
let first: Ended;

beforeAll(async () => {
    await stack.removeLeftovers();
    ({ platform } = stack.declared());
    secrets = platform.secrets ?? [];
    services = platform.services.filter(({ kind }) => kind === "application").map(({ name }) => name);
    planned = await stack.strata("preview");
    first = await stack.strata("up");
}, 15 * MINUTE);

beforeEach(() => {
    if (first.code !== 0 && expect.getState().currentTestName !== FIRST) {
        throw new Error("the platform did not start, see the first test");
    }
});

afterAll(async () => {
    await stack.remove();
}, 2 * MINUTE);

/** Ends with the given code, or fails with everything that was printed. */
async function expectGate(code: number): Promise<void> {
    expectCode(await stack.gate(), code);
}

let operator: { token: string; until: number } | undefined;

/** Asks as the program itself. */
async function asProvisioner(method: string, path: string, body?: object): Promise<VaultAnswer> {
    if (operator === undefined || operator.until < Date.now()) {
        const { vaultProvisioner } = (await stack.outputs()) as {
            vaultProvisioner: { roleId: string; secretId: string };
        };
        const login = { role_id: vaultProvisioner.roleId, secret_id: vaultProvisioner.secretId };
        const answer = await askVault(stack.ports.vault, { method: "POST", path: "auth/approle/login", body: login });
        operator = { token: tokenOf(answer), until: Date.now() + 10 * MINUTE };
    }
    return askVault(stack.ports.vault, { method, path, token: operator.token, ...(body && { body }) });
}

/** Like {@link asProvisioner}; what is refused fails the test. */
async function change(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const { status, body: answer } = await asProvisioner(method, path, body);
    expect(`${method} ${path}: ${status < 300 ? "done" : `${status} ${JSON.stringify(answer)}`}`).toBe(
        `${method} ${path}: done`,
    );
    return (answer["data"] ?? answer) as Record<string, unknown>;
}

function tokenOf({ status, body }: VaultAnswer): string {
    expect([status, body["errors"]]).toEqual([200, undefined]);
    return (body["auth"] as { client_token: string }).client_token;
}

async function secretIdOf(service: string): Promise<string> {
    return (await change("POST", `auth/services/role/${service}/secret-id`))["secret_id"] as string;
}

const login = (service: string, secretId: string): VaultQuestion => ({
    method: "POST",
    path: "auth/services/login",
    body: { role_id: service, secret_id: secretId },
});

/** Logs a service in from where it is. */
async function tokenFor(service: string): Promise<string> {
    const [answer] = await askVaultFrom(beside(service), of("vault"), [login(service, await secretIdOf(service))]);
    return tokenOf(answer!);
}

/** Writes a value that is not the program's: as somebody with a login for it, who is gone afterwards. */
async function writeAsPerson(path: string, data: object): Promise<void> {
    await change("PUT", "sys/policies/acl/writer", {
        policy: `path "${path}" { capabilities = ["create", "update", "read"] }`,
    });
    await change("POST", "auth/userpass/users/writer", { password: "writer", token_policies: "writer" });
    const body = { password: "writer" };
    const entered = { method: "POST", path: "auth/userpass/login/writer", body };
    const token = tokenOf(await askVault(stack.ports.vault, entered));
    const written = await askVault(stack.ports.vault, { method: "POST", path, token, body: { data } });
    expect(written.status).toBe(200);
    await change("DELETE", "auth/userpass/users/writer");
    await change("DELETE", "sys/policies/acl/writer");
}

describe("up", () => {
    test(STARTS, () => {
        expectSuccess(planned);
        expectSuccess(first);
        const count = (text: string): number => Number(/(\d+) created/.exec(text)?.[1]);
        expect(count(planned.stdout)).toBeGreaterThan(130);
        expect(count(first.stdout)).toBe(count(planned.stdout));
    });

    test(
        "the second one has nothing to do, and the gate finds nothing",
        async () => {
            const second = await stack.strata("up");
            expectSuccess(second);
            expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
            await expectGate(0);
        },
        3 * MINUTE,
    );

    test(
        "hands mounts and role ids to other programs",
        async () => {
            const { vault } = (await stack.outputs()) as {
                vault: { mounts: Record<string, Record<string, string>>; roleIds: Record<string, string> };
            };
            expect(vault.mounts["psra"]).toEqual({
                database: "psra/database",
                kv: "psra/kv",
                pki: "psra/pki",
                transit: "psra/transit",
            });
            expect(vault.roleIds).toEqual(Object.fromEntries(services.map((name) => [name, name])));
        },
        MINUTE,
    );
});

describe("access", () => {
    const VERBS: Readonly<Record<string, readonly Capability[]>> = {
        LIST: ["list"],
        GET: ["read"],
        DELETE: ["delete"],
        POST: ["create", "update"],
    };
    /** Ends the token that asks, so it is asked last. */
    const LAST = "auth/token/revoke-self";

    /** Every declared path, what lies beside it, and what would undo the whole matrix. */
    function paths(): string[] {
        const declared = services.flatMap((service) => grantsFor(secrets, service).map(({ path }) => path));
        const unread = secrets.filter(({ engine }) => engine === "kv").map((it) => `${mountOf(it)}/data/${it.path}`);
        const beside = secrets.flatMap((secret) =>
            secret.engine === "kv"
                ? [`${mountOf(secret)}/metadata/${secret.path}`, `${mountOf(secret)}/config`]
                : secret.engine === "transit"
                  ? [`${mountOf(secret)}/keys/${secret.path}`]
                  : [`${mountOf(secret)}/roles/${secret.path}`],
        );
        const own = services.flatMap((service) => [`sys/policies/acl/${service}`, `auth/services/role/${service}`]);
        const others = [
            "sys/mounts",
            "sys/auth",
            "auth/token/create",
            "auth/approle/role/provisioner",
            "sys/quotas/rate-limit/strata-all",
        ];
        const all = new Set([...declared, ...unread, ...beside, ...own, ...others]);
        all.delete(LAST);
        return [...[...all].sort(), LAST];
    }

    test(
        "every role may do at every path what is declared, and nothing else",
        async () => {
            const all = paths();
            let cells = 0;
            let open = 0;
            const wrong: string[] = [];
            for (const service of services) {
                const token = await tokenFor(service);
                const asked = all.flatMap((path) =>
                    Object.keys(VERBS).map((method) => ({
                        method,
                        path,
                        token,
                        ...(method === "POST" && {
                            body: { common_name: service, plaintext: "eA==", lease_id: "none" },
                        }),
                    })),
                );
                const answers = await askVaultFrom(beside(service), of("vault"), asked);
                answers.forEach(({ status }, index) => {
                    const { method, path } = asked[index]!;
                    const declared = VERBS[method]!.some((it) => allowed(secrets, service, path, it));
                    cells++;
                    open += declared ? 1 : 0;
                    if ((status !== 403) !== declared) {
                        wrong.push(
                            `${service} ${method} ${path}: ${status}, declared ${declared ? "allowed" : "denied"}`,
                        );
                    }
                });
            }
            say(
                `${cells} cells (${services.length} roles, ${all.length} paths, 4 verbs): ${open} allowed, ${cells - open} denied, ${wrong.length} wrong`,
            );
            expect(wrong).toEqual([]);
            expect(cells).toBe(services.length * all.length * 4);
            expect(open).toBeGreaterThan(40);
        },
        3 * MINUTE,
    );

    test(
        "what may be read is there: generated values, and logins that work",
        async () => {
            const token = await tokenFor("psra-api");
            const [jwt, store] = await askVaultFrom(beside("psra-api"), of("vault"), [
                { method: "GET", path: "psra/kv/data/config/jwt-secret", token },
                { method: "GET", path: "psra/kv/data/database/credentials", token },
            ]);
            const data = (answer?: VaultAnswer): Record<string, string> =>
                (answer?.body["data"] as { data: Record<string, string> }).data;
            expect(data(jwt)["value"]).toHaveLength(48);
            const ended = await psql(data(store)["url"]!, "SELECT current_user");
            expect([ended.code, ended.stdout.trim()]).toEqual([0, "psra"]);
        },
        MINUTE,
    );

    test(
        "certificates are for the product's own services, from an authority below the environment's",
        async () => {
            const token = await tokenFor("psra-web");
            const issue = (common_name: string): VaultQuestion => ({
                method: "POST",
                path: "psra/pki/issue/psra",
                token,
                body: { common_name },
            });
            const names = ["psra-web", "rentguy-web", "example.com", "x.psra-web"];
            const answers = await askVaultFrom(beside("psra-web"), of("vault"), names.map(issue));
            expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400]);
            const data = answers[0]!.body["data"] as { ca_chain: string[]; expiration: number };
            expect(data.ca_chain).toHaveLength(2);
            expect(data.expiration - Date.now() / 1000).toBeLessThan(3 * 24 * 3600 + 60);
        },
        MINUTE,
    );

    test(
        "a login is of no use in another zone, or through the management port",
        async () => {
            const secretId = await secretIdOf("psra-api");
            const [own] = await askVaultFrom(beside("psra-api"), of("vault"), [login("psra-api", secretId)]);
            const [stolen] = await askVaultFrom(beside("rentguy-web"), of("vault"), [login("psra-api", secretId)]);
            const outside = await askVault(stack.ports.vault, login("psra-api", secretId));
            const denied = [stolen!.status, outside.status];
            expect(own!.status).toBe(200);
            expect(denied.filter((status) => status < 400)).toEqual([]);
            // The token too.
            const lookup = { method: "GET", path: "auth/token/lookup-self", token: tokenOf(own!) };
            const [elsewhere] = await askVaultFrom(beside("rentguy-web"), of("vault"), [lookup]);
            const [athome] = await askVaultFrom(beside("psra-api"), of("vault"), [lookup]);
            expect([elsewhere!.status, athome!.status]).toEqual([403, 200]);
            const { data } = athome!.body as { data: { ttl: number; policies: string[] } };
            expect(data.policies).toEqual(["psra-api"]);
            expect(data.ttl).toBeLessThanOrEqual(3600);
        },
        MINUTE,
    );

    test(
        "nobody is behind the emergency login, and it locks",
        async () => {
            expect((await asProvisioner("LIST", "auth/userpass/users")).status).toBe(404);
            await change("POST", "auth/userpass/users/drill", { password: "right", token_policies: "break-glass" });
            const attempt = async (password: string): Promise<number> => {
                // Below the limit of five requests a second: a refused request is not a failed login.
                await new Promise((resolve) => setTimeout(resolve, 400));
                const question = { method: "POST", path: "auth/userpass/login/drill", body: { password } };
                return (await askVault(stack.ports.vault, question)).status;
            };
            expect(await attempt("right")).toBe(200);
            for (let count = 0; count < 5; count++) {
                expect(await attempt("wrong")).toBeGreaterThanOrEqual(400);
            }
            expect(await attempt("right")).toBe(403);
            await change("DELETE", "auth/userpass/users/drill");
        },
        MINUTE,
    );
});

/** psql where psra-api is. */
async function psql(url: string, sql: string): Promise<Ended> {
    const { Config } = await inspect(of("psra-postgres"));
    return asGuestOf({
        environment: ENV,
        of: of("psra-api"),
        image: Config.Image,
        entrypoint: "sh",
        command: ["-c", 'read -r url; exec psql "$url" -X -A -t -v ON_ERROR_STOP=1 -c "$0"', sql],
        input: `${url}\n`,
    });
}

describe("database logins", () => {
    interface Lease {
        readonly id: string;
        readonly seconds: number;
        readonly user: string;
        readonly url: string;
    }

    async function lease(): Promise<Lease> {
        const token = await tokenFor("psra-api");
        const [answer] = await askVaultFrom(beside("psra-api"), of("vault"), [
            { method: "GET", path: "psra/database/creds/psra", token },
        ]);
        const { lease_id, lease_duration, data } = answer!.body as unknown as {
            lease_id: string;
            lease_duration: number;
            data: { username: string; password: string };
        };
        const url = `postgresql://${data.username}:${data.password}@psra-postgres:5432/psra_${ENV.replace("-", "_")}`;
        return { id: lease_id, seconds: lease_duration, user: data.username, url };
    }

    test(
        "work, are held like the application's own role, and end when they are taken back",
        async () => {
            const { id, seconds, user, url } = await lease();
            expect(seconds).toBe(LEASE_SECONDS);
            const rights =
                "SELECT current_user, rolsuper, rolcreaterole, rolbypassrls, pg_has_role(current_user, 'psra', 'USAGE'), " +
                "rolvaliduntil > now() FROM pg_roles WHERE rolname = current_user";
            const worked = await psql(url, rights);
            expect([worked.code, worked.stdout.trim(), worked.stderr]).toEqual([0, `${user}|f|f|f|t|t`, ""]);
            expect((await psql(url, "CREATE TABLE mine (id int)")).code).not.toBe(0);

            const open = psql(url, "SELECT pg_sleep(45)");
            await new Promise((resolve) => setTimeout(resolve, 3000));
            const started = Date.now();
            await change("PUT", "sys/leases/revoke", { lease_id: id, sync: true });
            const ended = await open;
            expect(ended.code).not.toBe(0);
            expect(Date.now() - started).toBeLessThan(15_000);
            const after = await psql(url, "SELECT 1");
            expect(after.code).not.toBe(0);
            expect(
                await asSuperuser(of("psra-postgres"), `SELECT count(*) FROM pg_roles WHERE rolname = '${user}'`),
            ).toBe("0");
        },
        2 * MINUTE,
    );

    test(
        "end with the token that asked for them",
        async () => {
            const token = await tokenFor("psra-api");
            const [answer] = await askVaultFrom(beside("psra-api"), of("vault"), [
                { method: "GET", path: "psra/database/creds/psra", token },
                { method: "POST", path: "auth/token/revoke-self", token },
            ]);
            const { username } = (answer!.body as unknown as { data: { username: string } }).data;
            const left = async (): Promise<string> =>
                asSuperuser(of("psra-postgres"), `SELECT count(*) FROM pg_roles WHERE rolname = '${username}'`);
            for (let waited = 0; waited < 20 && (await left()) !== "0"; waited++) {
                await new Promise((resolve) => setTimeout(resolve, 500));
            }
            expect(await left()).toBe("0");
        },
        MINUTE,
    );

    test(
        "are made by a role that sees no data itself",
        async () => {
            const sql =
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, pg_has_role(rolname, 'psra', 'USAGE'), " +
                "pg_has_role(rolname, 'psra', 'SET') FROM pg_roles WHERE rolname = 'vault_manager'";
            expect(await asSuperuser(of("psra-postgres"), sql)).toBe("f|f|t|f|f|f|f");
        },
        MINUTE,
    );
});

describe("agents", () => {
    const fileOf = (service: string, file: string): Promise<string | undefined> =>
        fileInside(of(service), `${RENDERED_SECRETS}/${file}`);
    const login_ = async (): Promise<{ url: string; user: string; made: number }> => {
        const url = (await fileOf("psra-api", "postgres"))!;
        const user = new URL(url).username;
        return { url, user, made: Number(user.split("-").at(-1)) * 1000 };
    };
    const secretIdInUse = async (service: string): Promise<string> =>
        docker(["exec", beside(service), "cat", "/etc/strata/secrets/secret-id"]);
    const api = async (): Promise<readonly unknown[]> => {
        const { authority } = (await stack.outputs()) as { authority: string };
        const { https: port } = stack.ports;
        const { status, body } = await ask({ host: `api.psra.${stack.domain}`, port, path: "/readyz", authority });
        return [status, JSON.parse(body) as object];
    };
    const WELL = [200, { postgres: { status: "ok" }, redis: { status: "ok" } }];
    let apiContainer: string;

    test(
        "every application has its files, in memory, to read only",
        async () => {
            apiContainer = (await inspect(of("psra-api"))).Id;
            for (const service of services) {
                const model = platform.services.find(({ name }) => name === service)!;
                const deliveries = deliveriesOf(secrets, platform.services, model);
                expect(deliveries.length).toBeGreaterThan(0);
                for (const { file, from } of deliveries) {
                    const text = await fileOf(service, file);
                    expect([service, file, (text ?? "").length > 0]).toEqual([service, file, from !== "written"]);
                }
                const { Mounts, State } = await inspect(of(service));
                const mount = Mounts.find(({ Destination }) => Destination === RENDERED_SECRETS);
                expect([service, mount?.RW]).toEqual([service, false]);
                const mounted = (pid: number): string | undefined =>
                    readFileSync(`/proc/${pid}/mounts`, "utf8")
                        .split("\n")
                        .find((line) => line.includes(` ${RENDERED_SECRETS} `));
                const options = /,size=1024k,mode=750,uid=10001,gid=10001 /;
                expect(mounted(State.Pid)).toMatch(/^tmpfs \S+ tmpfs ro,/);
                expect(mounted(State.Pid)).toMatch(options);
                const writer = mounted((await inspect(beside(service))).State.Pid);
                expect(writer).toMatch(/^tmpfs \S+ tmpfs rw,nosuid,nodev,noexec,/);
                expect(writer).toMatch(options);
            }
            expect(await fileOf("psra-api", "certificate")).toMatch(
                /^-----BEGIN EC PRIVATE KEY-----[^]*(-----BEGIN CERTIFICATE-----[^]*){3}$/,
            );
        },
        MINUTE,
    );

    test(
        "the service logs in with a leased user, and asks Vault with the token it was handed",
        async () => {
            const { url, user } = await login_();
            expect(user).toMatch(/^v-psra-/);
            expect((await psql(url, "SELECT current_user")).stdout.trim()).toBe(user);
            expect(await api()).toEqual(WELL);
            const token = (await fileOf("psra-api", "vault-token"))!;
            const plaintext = Buffer.from("hello").toString("base64");
            const path = "psra/transit/encrypt/psra-key";
            const question = { method: "POST", path, token, body: { plaintext } };
            const [encrypted] = await askVaultFrom(of("psra-api"), of("vault"), [question]);
            expect(encrypted?.status).toBe(200);
            await expect(askVaultFrom(of("psra-web"), of("vault"), [question])).rejects.toThrow("share no network");
        },
        MINUTE,
    );

    test(
        "a value that is changed by hand reaches the service's file, and one that was missing too",
        async () => {
            const path = "psra/kv/data/config/jwt-secret";
            const { data } = (await change("GET", path)) as { data: { value: string } };
            const patience = { within: (RENDER_SECONDS + 10) * 1000 };
            for (const value of ["changed by hand", data.value]) {
                await change("POST", path, { data: { value } });
                const started = Date.now();
                await eventually(
                    "the file has the new value",
                    async () => (await fileOf("psra-api", "jwt-secret")) === value,
                    patience,
                );
                say(`a changed value was in the file after ${((Date.now() - started) / 1000).toFixed(1)} s`);
            }
            expect(await fileOf("psra-api", "partner-keys")).toBeUndefined();
            await writeAsPerson("psra/kv/data/api/partner-keys", { taric: "one", wto: "two" });
            await eventually(
                "the file is there",
                async () => (await fileOf("psra-api", "partner-keys")) === '{"taric":"one","wto":"two"}',
                { within: 30_000 },
            );
            await writeAsPerson("psra/kv/data/api/partner-keys", { value: "three" });
            await eventually(
                "the file has the value alone",
                async () => (await fileOf("psra-api", "partner-keys")) === "three",
                patience,
            );
        },
        2 * MINUTE,
    );

    test(
        "a login is renewed while it may be, and replaced before its end",
        async () => {
            const first = await login_();
            const valid = `SELECT rolvaliduntil > now() FROM pg_roles WHERE rolname = `;
            const next = await eventually(
                "there is another login",
                async () => {
                    const now = await login_();
                    // Whatever is in the file works at any time.
                    expect(await asSuperuser(of("psra-postgres"), `${valid}'${now.user}'`)).toBe("t");
                    return now.user === first.user ? undefined : now;
                },
                { within: 5 * LEASE_SECONDS * 1000, every: 2000 },
            );
            say(`a login of ${LEASE_SECONDS} s was used for ${(next.made - first.made) / 1000} s`);
            expect(next.made - first.made).toBeGreaterThan(2 * LEASE_SECONDS * 1000);
            expect(next.made - first.made).toBeLessThan(4 * LEASE_SECONDS * 1000);
            expect(await api()).toEqual(WELL);
        },
        6 * MINUTE,
    );

    test(
        "a login that is taken back is replaced",
        async () => {
            const { user } = await login_();
            await change("PUT", "sys/leases/revoke-prefix/psra/database/creds/psra", { sync: true });
            const started = Date.now();
            await eventually("there is another login", async () => (await login_()).user !== user, {
                within: LEASE_SECONDS * 1000,
            });
            say(
                `a login of ${LEASE_SECONDS} s was replaced ${Math.round((Date.now() - started) / 1000)} s after its end`,
            );
            expect(await api()).toEqual(WELL);
        },
        2 * MINUTE,
    );

    test(
        "`rotate secret-ids` replaces the agent and its login, and leaves the service alone",
        async () => {
            const [old, agent, other] = [
                await secretIdInUse("psra-api"),
                (await inspect(beside("psra-api"))).Id,
                (await inspect(beside("psra-web"))).Id,
            ];
            expectSuccess(await stack.strata("rotate", "secret-ids", "--service", "psra-api"));
            const now = await secretIdInUse("psra-api");
            expect(now).not.toBe(old);
            expect((await inspect(beside("psra-api"))).Id).not.toBe(agent);
            expect((await inspect(beside("psra-web"))).Id).toBe(other);
            const asked = [login("psra-api", old), login("psra-api", now)];
            const answers = await askVaultFrom(beside("psra-api"), of("vault"), asked);
            expect(answers.map(({ status }) => status)).toEqual([400, 200]);
            expect((await inspect(of("psra-api"))).Id).toBe(apiContainer);
            expect(await api()).toEqual(WELL);
            await expectGate(0);
        },
        4 * MINUTE,
    );

    test(
        "agents and Vault come back by themselves",
        async () => {
            await docker(["restart", of("vault"), beside("psra-api")]);
            await eventually(
                "both are healthy",
                async () => {
                    const states = await Promise.all([of("vault"), beside("psra-api")].map(inspect));
                    return states.every(({ State }) => State.Health?.Status === "healthy");
                },
                { within: 90_000 },
            );
            await eventually("the service is well", async () => (await api())[0] === 200, { within: 30_000 });
            // An agent that was not restarted asks again, too.
            await writeAsPerson("psra/kv/data/config/client-secret", { value: "after the restart" });
            await eventually(
                "the file is there",
                async () => (await fileOf("psra-web", "client-secret")) === "after the restart",
                { within: 60_000 },
            );
            expect((await inspect(of("psra-api"))).Id).toBe(apiContainer);
        },
        4 * MINUTE,
    );

    test(
        "what they hand over is in no argument, environment, label, log, output or plain state",
        async () => {
            const exported = await stack.pulumi("stack", "export", "--show-secrets");
            const canaries: Canary[] = [
                ...canariesOf(JSON.parse(exported.stdout)),
                { name: "leased login", value: (await login_()).url },
                { name: "leased password", value: new URL((await login_()).url).password },
                { name: "token", value: (await fileOf("psra-api", "vault-token"))! },
                // Its authorities' certificates are in the state, and may be seen.
                { name: "key", value: (await fileOf("psra-api", "certificate"))!.split("-----BEGIN CERTIFICATE")[0]! },
                { name: "secret-id", value: await secretIdInUse("psra-api") },
            ];
            const values = canaries.map(({ value }) => value);
            expect(values).toEqual(expect.arrayContaining(await Promise.all(services.map(secretIdInUse))));
            const places = new Map(stack.privateFiles());
            places.set("output", stack.output.join("\n"));
            for (const kind of KINDS) {
                places.set(`docker ${kind} inspect`, await docker([kind, "inspect", ...(await labelled(kind, ENV))]));
            }
            for (const container of await inspectServices(ENV)) {
                const { stdout, stderr } = await run("docker", ["logs", container.Id]);
                places.set(`log of ${container.Name}`, stdout + stderr);
                for (const pid of processTree(container.State.Pid)) {
                    places.set(`process ${pid} of ${container.Name}`, visibleTextOf(pid));
                }
            }
            expect(places.get(`log of /${beside("psra-api")}`)).toContain("authentication successful");
            say(`${canaries.length} secret values, ${places.size} places`);
            expect(findLeaks(canaries, places)).toEqual([]);
        },
        MINUTE,
    );
});

describe("changes by hand", () => {
    /** What is changed, how, and what it reads afterwards when the program has put it back. */
    const CHANGES: readonly {
        readonly what: string;
        readonly inject: () => Promise<unknown>;
        readonly read: () => Promise<unknown>;
    }[] = [
        {
            what: "a policy is widened",
            inject: () =>
                change("PUT", "sys/policies/acl/psra-web", { policy: 'path "psra/*" { capabilities = ["read"] }' }),
            read: async () => (await change("GET", "sys/policies/acl/psra-web"))["policy"],
        },
        {
            what: "a policy is deleted",
            inject: () => change("DELETE", "sys/policies/acl/rentguy-web"),
            read: async () => (await asProvisioner("GET", "sys/policies/acl/rentguy-web")).status,
        },
        field("a role gets another policy", "auth/services/role/psra-web", "token_policies", [
            "psra-web",
            "rentguy-api",
        ]),
        field("a role's tokens live longer", "auth/services/role/psra-api", "token_ttl", 86_000),
        field("a role's tokens work everywhere", "auth/services/role/psra-engine", "token_bound_cidrs", []),
        field("a role's logins work everywhere", "auth/services/role/rentguy-api", "secret_id_bound_cidrs", []),
        field("a role gets the built-in policy", "auth/services/role/rentguy-web", "token_no_default_policy", false),
        field("database logins live longer", "psra/database/roles/psra", "default_ttl", 86_000),
        field("database logins become superusers", "rentguy/database/roles/rentguy", "creation_statements", [
            `CREATE ROLE "{{name}}" SUPERUSER LOGIN PASSWORD '{{password}}'`,
        ]),
        field("certificates for any name", "psra/pki/roles/psra", "allow_any_name", true),
        {
            what: "a transit key may be deleted",
            inject: () => change("POST", "psra/transit/keys/psra-key/config", { deletion_allowed: true }),
            read: async () => (await change("GET", "psra/transit/keys/psra-key"))["deletion_allowed"],
        },
        {
            what: "a generated value is replaced",
            inject: () => change("POST", "psra/kv/data/config/jwt-secret", { data: { value: "by hand" } }),
            read: async () => (await change("GET", "psra/kv/data/config/jwt-secret"))["data"],
        },
        field("fewer versions are kept", "rentguy/kv/config", "max_versions", 1),
        {
            what: "the limit of requests is raised",
            inject: () =>
                change("POST", "sys/quotas/rate-limit/strata-services", {
                    path: "auth/services/",
                    rate: 5000,
                    interval: 1,
                }),
            read: async () => (await change("GET", "sys/quotas/rate-limit/strata-services"))["rate"],
        },
        {
            what: "a mount's longest lease",
            inject: () => change("POST", "sys/mounts/psra/database/tune", { max_lease_ttl: "999h" }),
            read: async () => (await change("GET", "sys/mounts/psra/database/tune"))["max_lease_ttl"],
        },
        {
            what: "the emergency login is switched off",
            inject: () => change("DELETE", "sys/auth/userpass"),
            read: async () => (await asProvisioner("GET", "sys/auth/userpass/tune")).status,
        },
    ];

    function field(what: string, path: string, name: string, value: unknown): (typeof CHANGES)[number] {
        return {
            what,
            inject: () => change("POST", path, { [name]: value }),
            read: async () => (await change("GET", path))[name],
        };
    }

    test(
        "are found by the gate and put back by `up --refresh`, all of them",
        async () => {
            const declared: unknown[] = [];
            for (const { inject, read } of CHANGES) {
                declared.push(await read());
                await inject();
                expect(await read()).not.toEqual(declared.at(-1));
            }
            await expectGate(7);
            expectSuccess(await stack.strata("up", "--refresh"));
            for (const [index, { what, read }] of CHANGES.entries()) {
                expect([what, await read()]).toEqual([what, declared[index]]);
            }
            say(`${CHANGES.length} changes by hand put back`);
            await expectGate(0);
            expect((await stack.strata("up")).stdout).toMatch(/\n0 changes, /);
        },
        8 * MINUTE,
    );

    /** The list in docs/drift.md: when a provider learns to see one of these, this says so. */
    const UNSEEN: Readonly<Record<string, readonly [() => Promise<unknown>, () => Promise<unknown>]>> = {
        "a policy too many": [
            () => change("PUT", "sys/policies/acl/stray", { policy: 'path "*" { capabilities = ["read"] }' }),
            () => change("DELETE", "sys/policies/acl/stray"),
        ],
        "a role too many": [
            () => change("POST", "auth/services/role/stray", { token_policies: "psra-api" }),
            () => change("DELETE", "auth/services/role/stray"),
        ],
        "a user of the emergency login": [
            () => change("POST", "auth/userpass/users/stray", { password: "stray", token_policies: "break-glass" }),
            () => change("DELETE", "auth/userpass/users/stray"),
        ],
        "a login too many": [
            () => change("POST", "sys/auth/stray", { type: "userpass" }),
            () => change("DELETE", "sys/auth/stray"),
        ],
        "the lockout of the emergency login": [
            () => change("POST", "sys/auth/userpass/tune", { user_lockout_config: { lockout_disable: true } }),
            () =>
                change("POST", "sys/auth/userpass/tune", {
                    user_lockout_config: {
                        lockout_disable: false,
                        lockout_threshold: "5",
                        lockout_duration: "15m",
                        lockout_counter_reset: "15m",
                    },
                }),
        ],
    };

    test(
        "that the provider cannot see are exactly those that docs/drift.md lists",
        async () => {
            for (const [inject] of Object.values(UNSEEN)) {
                await inject();
            }
            const gate = await stack.gate();
            for (const [, undo] of Object.values(UNSEEN)) {
                await undo();
            }
            expect(`${gate.code}\n${gate.code === 0 ? "" : gate.stdout}`).toBe("0\n");
        },
        3 * MINUTE,
    );
});

describe("the server goes away", () => {
    const WRITTEN = "psra/kv/data/api/keys";

    test(
        "up starts it again, and what is inside needs no change",
        async () => {
            await docker(["rm", "--force", of("vault")]);
            const healed = await stack.strata("up");
            expectSuccess(healed);
            await expectGate(0);
        },
        5 * MINUTE,
    );

    test(
        "down keeps what people wrote, and the next up finds it",
        async () => {
            const session = { vault: of("vault"), from: beside("psra-api") };
            const data = { key: "written by a person" };
            await writeAsPerson(WRITTEN, data);

            expectSuccess(await stack.strata("down"));
            expect(await labelled("container", ENV)).toEqual([]);
            expect(await labelled("network", ENV)).toEqual([]);
            expectSuccess(await stack.strata("up"));
            await expectGate(0);

            operator = undefined;
            const reader = await tokenFor("psra-api");
            const [read] = await askVaultFrom(session.from, session.vault, [
                { method: "GET", path: WRITTEN, token: reader },
            ]);
            expect((read!.body["data"] as { data: object }).data).toEqual(data);
        },
        10 * MINUTE,
    );

    test(
        "down --volumes needs no server",
        async () => {
            await run("docker", ["rm", "--force", of("vault"), of("edge")]);
            expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
            for (const kind of KINDS) {
                expect(await labelled(kind, ENV)).toEqual([]);
            }
        },
        3 * MINUTE,
    );
});
