/**
 * Both identity layers on one stack: people log in to Vault through Keycloak and get what their groups have; services find the
 * secrets of Keycloak's clients in Vault. The tests build on each other and run in this order.
 *
 * Needs a Docker engine, root for the network namespaces of containers, about 4 GiB of memory, and minutes.
 */

import { offlineContext } from "../../cli/setup/setup";
import { claimOf, type PeoplePolicy, peoplePolicies } from "../../model/identity/people";
import { LABEL } from "../../model/names";
import type { Platform } from "../../model/platform";
import { allowed, grantsFor } from "../../model/secrets/access";
import { RENDERED_SECRETS } from "../../model/secrets/delivery";
import { agentName } from "../../model/secrets/vault-agent";
import { imageTag } from "../../offline/build/images";
import { verifyIsolation } from "../../verify";
import { Browser, fieldOf, formAction, oneTimeCode, type Page } from "../support/browser";
import { eventually } from "../support/eventually";
import { KeycloakAdmin, type AdminLogin, type Person } from "../support/keycloak-admin";
import { type Ended, fileInside, inspectServices } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectSuccess } from "../support/outcome";
import { askVault, askVaultFrom, type VaultAnswer } from "../support/vault-client";

const ENV = "test-identity";
const MINUTE = 60_000;
const stack = new LiveStack({
    name: ENV,
    addressBase: "10.228",
    port: 31340,
    config: {
        "strata:products": [{ name: "psra" }, { name: "rentguy" }],
        "strata:platformDatabases": [],
        "strata:identity": { vault: {}, keycloak: { protect: ["psra/web"] } },
        // Data is protected as in production: the policies grant an exception to `local` only.
        "strata:protectData": true,
    },
});
const of = (service: string): string => `${ENV}-${service}`;

/** Where `vault login -method=oidc` listens; nothing does here, the login is followed up to it. */
const CALLBACK = "http://localhost:8250/oidc/callback";

const person = (username: string, groups: readonly string[]): Person => ({
    username,
    password: `correct horse ${username}`,
    groups,
    tenant: "acme",
});
const PLATFORM_ADMIN = person("pat", ["Administrators"]);
const PSRA_ADMIN = person("ada", ["PSRA Administrators"]);
const RENTGUY_ADMIN = person("rob", ["RentGuy Administrators"]);
const USER = person("una", ["PSRA Users"]);
const STRANGER = person("sam", []);

let platform: Platform;
let policies: readonly PeoplePolicy[];
let planned: Ended;
let first: Ended;
let authority: string;
let admin: KeycloakAdmin;

const STARTS = "a first preview shows the whole plan, and the first up carries it out";
const FIRST = `up ${STARTS}`;

beforeAll(async () => {
    await stack.removeLeftovers();
    ({ platform } = stack.declared());
    policies = peoplePolicies(platform.realm!, platform.secrets!);
    planned = await stack.strata("preview");
    first = await stack.strata("up");
    if (first.code === 0) {
        const outputs = await stack.outputs();
        authority = outputs["authority"] as string;
        admin = new KeycloakAdmin(outputs["identity"] as AdminLogin);
        for (const someone of [PLATFORM_ADMIN, PSRA_ADMIN, RENTGUY_ADMIN, USER, STRANGER]) {
            await admin.addPerson(someone);
        }
    }
}, 15 * MINUTE);

beforeEach(() => {
    if (first.code !== 0 && expect.getState().currentTestName !== FIRST) {
        throw new Error("the platform did not start, see the first test");
    }
});

afterAll(() => stack.remove(), 3 * MINUTE);

describe("up", () => {
    test(STARTS, async () => {
        expectSuccess(planned);
        expectSuccess(first);
        const count = (text: string): number => Number(/(\d+) created/.exec(text)?.[1]);
        expect(count(planned.stdout)).toBeGreaterThan(200);
        expect(count(first.stdout)).toBe(count(planned.stdout));
        const found = Object.fromEntries(
            (await inspectServices(ENV)).map((it) => [it.Config.Labels[LABEL.service] ?? "", it.State.Health?.Status]),
        );
        expect(found).toEqual(Object.fromEntries(platform.services.map(({ name }) => [name, "healthy"])));
    });

    test(
        "the second one has nothing to do, and the gate finds nothing",
        async () => {
            const second = await stack.strata("up");
            expectSuccess(second);
            expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
            expectSuccess(await stack.gate());
        },
        5 * MINUTE,
    );
});

/** How a login at Vault ended. */
interface Login {
    readonly status: number;
    readonly errors: readonly string[];
    readonly token: string;
    readonly policies: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
    readonly seconds: number;
}

/** Asks Vault where a login begins. @returns the URL of the login page, empty when Vault refuses */
async function begin(redirect = CALLBACK): Promise<string> {
    const body = { role: "people", redirect_uri: redirect, client_nonce: "nonce-of-the-test" };
    const answer = await askVault(stack.ports.vault, { method: "POST", path: "auth/oidc/oidc/auth_url", body });
    return (answer.body["data"] as { auth_url: string }).auth_url;
}

/** Sends a form of Keycloak. */
async function submit(browser: Browser, page: Page, form: Readonly<Record<string, string>>): Promise<Page> {
    const next = await browser.post(new URL(formAction(page), page.url).toString(), form);
    return browser.follow(next, CALLBACK);
}

/** Secrets of the authenticators that people had to set up, by name. */
const authenticators = new Map<string, string>();

/** Name, password and, where Keycloak asks for it, a second factor. @returns the code and state that the browser ends with */
async function authenticate({ username, password }: Person): Promise<URLSearchParams> {
    const browser = new Browser(authority);
    const form = await browser.follow(await browser.get(await begin()));
    let page = await submit(browser, form, { username, password });
    const setup = page.location === undefined ? fieldOf(page, "totpSecret") : undefined;
    if (setup !== undefined) {
        authenticators.set(username, setup);
        page = await submit(browser, page, { totp: oneTimeCode(setup), totpSecret: setup, userLabel: "test" });
    } else if (page.location === undefined) {
        // A code works once: the next one is not the one that the set-up has used.
        page = await submit(browser, page, { otp: oneTimeCode(authenticators.get(username)!, 1) });
    }
    expect(page.location).toMatch(new RegExp(`^${CALLBACK}\\?`));
    return new URL(page.location!).searchParams;
}

/** Hands code and state to Vault, as its command line does. */
async function redeem(parameters: URLSearchParams, nonce = "nonce-of-the-test"): Promise<Login> {
    const query = new URLSearchParams({
        state: parameters.get("state") ?? "",
        code: parameters.get("code") ?? "",
        client_nonce: nonce,
    });
    const path = `auth/oidc/oidc/callback?${query.toString()}`;
    const { status, body } = await askVault(stack.ports.vault, { method: "GET", path });
    const auth = (body["auth"] ?? {}) as {
        client_token?: string;
        policies?: string[];
        metadata?: Record<string, string>;
        lease_duration?: number;
    };
    return {
        status,
        errors: (body["errors"] ?? []) as string[],
        token: auth.client_token ?? "",
        policies: auth.policies ?? [],
        metadata: auth.metadata ?? {},
        seconds: auth.lease_duration ?? 0,
    };
}

const tokens = new Map<string, Login>();

/** Logs somebody in to Vault, once. */
async function logIn(someone: Person): Promise<Login> {
    const known = tokens.get(someone.username) ?? (await redeem(await authenticate(someone)));
    tokens.set(someone.username, known);
    return known;
}

describe("people log in to Vault", () => {
    test(
        "with authorization code and PKCE, at the issuer's public name",
        async () => {
            const url = new URL(await begin());
            expect(`${url.origin}${url.pathname}`).toBe(`${platform.realm!.issuer}/protocol/openid-connect/auth`);
            expect(Object.fromEntries(url.searchParams)).toMatchObject({
                client_id: "bao-oidc",
                response_type: "code",
                code_challenge_method: "S256",
                redirect_uri: CALLBACK,
            });
            expect(await begin("http://localhost:8250/oidc/callback/more")).toBe("");
            expect(await begin("https://evil.example.com/oidc/callback")).toBe("");
        },
        MINUTE,
    );

    test.each([
        { someone: PSRA_ADMIN, policy: "people-psra" },
        { someone: RENTGUY_ADMIN, policy: "people-rentguy" },
        { someone: PLATFORM_ADMIN, policy: "platform-admin" },
    ])(
        "$someone.groups.0 get $policy, and no other policy",
        async ({ someone, policy }) => {
            const login = await logIn(someone);
            expect([login.status, login.errors]).toEqual([200, []]);
            expect(login.policies).toEqual([policy]);
            expect(login.metadata).toMatchObject({ role: "people", username: someone.username });
            expect(login.seconds).toBeLessThanOrEqual(3600);
        },
        MINUTE,
    );

    test.each([USER, STRANGER])(
        "$username, who keeps nobody's secrets, is not let in",
        async (someone) => {
            const login = await redeem(await authenticate(someone));
            expect(login.status).toBeGreaterThanOrEqual(400);
            expect([login.token, login.policies]).toEqual(["", []]);
        },
        MINUTE,
    );

    test(
        "a group of the same name inside another one is another group",
        async () => {
            const parent = await admin.groupId("PSRA Users");
            await admin.realm("POST", `/groups/${parent}/children`, { name: "Administrators" });
            const nested = person("nora", ["PSRA Users/Administrators"]);
            await admin.addPerson(nested);
            const login = await redeem(await authenticate(nested));
            expect([login.status >= 400, login.token]).toEqual([true, ""]);
        },
        MINUTE,
    );

    test(
        "a code is good once, and only for whoever began the login",
        async () => {
            const parameters = await authenticate(RENTGUY_ADMIN);
            expect((await redeem(parameters, "somebody-elses-nonce")).token).toBe("");
            expect((await redeem(parameters)).token).toBe("");
        },
        MINUTE,
    );

    test(
        "a token is of no use where products are",
        async () => {
            const { token } = await logIn(PSRA_ADMIN);
            const lookup = { method: "GET", path: "auth/token/lookup-self", token };
            const [inside] = await askVaultFrom(of("psra-api"), of("vault"), [lookup]);
            expect([inside!.status, (await askVault(stack.ports.vault, lookup)).status]).toEqual([403, 200]);
        },
        MINUTE,
    );
});

describe("what people may do", () => {
    const METHODS = { LIST: ["list"], GET: ["read"], POST: ["create", "update"], DELETE: ["delete"] } as const;
    /** Ends the token that asks. */
    const LAST = "auth/token/revoke-self";

    /** Paths of each mount, of the logins and of what would undo the whole matrix. */
    const PATHS = [
        ...["psra", "rentguy", "platform"].flatMap((owner) => [
            `${owner}/kv/data/drill`,
            `${owner}/kv/metadata/drill`,
            `${owner}/kv/delete/drill`,
            `${owner}/kv/undelete/drill`,
            `${owner}/kv/destroy/drill`,
            `${owner}/kv/config`,
        ]),
        "psra/kv/data/api/keys",
        "platform/kv/data/shared/smtp/credentials",
        "platform/kv/data/shared/database/keycloak-credentials",
        "psra/database/creds/psra",
        "psra/database/roles/psra",
        "psra/transit/encrypt/psra-key",
        "psra/transit/decrypt/psra-key",
        "psra/transit/keys/psra-key",
        "psra/pki/issue/psra",
        "auth/services/role/psra-api",
        "auth/services/role/psra-api/secret-id",
        "auth/oidc/config",
        "auth/oidc/role/people",
        "auth/token/create",
        "auth/token/lookup-self",
        "auth/approle/role/provisioner",
        "auth/userpass/users/drill",
        "identity/group/name/drill",
        "sys/auth",
        "sys/audit",
        "sys/mounts",
        "sys/policies/acl/drill",
    ];

    /** What Vault makes of the grants: the most exact path decides. */
    function mayDo({ grants }: PeoplePolicy, path: string, method: keyof typeof METHODS): boolean {
        const matching = grants
            .filter((grant) => new RegExp(`^${grant.path.replace(/\+/g, "[^/]+").replace(/\*$/, ".*")}$`).test(path))
            .sort((a, b) => b.path.length - a.path.length);
        return METHODS[method].some((capability) => matching[0]?.capabilities.includes(capability));
    }

    test.each([PSRA_ADMIN, RENTGUY_ADMIN, PLATFORM_ADMIN])(
        "$username may do what is declared for the group, and nothing else",
        async (someone) => {
            const { token, policies: given } = await logIn(someone);
            const policy = policies.find(({ name }) => given.includes(name))!;
            const wrong: string[] = [];
            let open = 0;
            for (const path of PATHS) {
                for (const method of Object.keys(METHODS) as (keyof typeof METHODS)[]) {
                    const declared = mayDo(policy, path, method);
                    open += declared ? 1 : 0;
                    const body = { data: { key: "drill" }, versions: [1], plaintext: "eA==" };
                    const question = { method, path, token, ...(method === "POST" && { body }) };
                    // Too many questions to the emergency login in a second (429) is no answer to this one.
                    const { status } = await eventually(`an answer to ${method} ${path}`, async () => {
                        const answer = await askVault(stack.ports.vault, question);
                        return answer.status === 429 ? undefined : answer;
                    });
                    if ((status !== 403) !== declared) {
                        wrong.push(`${method} ${path}: ${status}, declared ${declared ? "allowed" : "denied"}`);
                    }
                }
            }
            const cells = PATHS.length * Object.keys(METHODS).length;
            process.stdout.write(
                `    ${policy.name}: ${cells} cells (${PATHS.length} paths, 4 verbs), ${open} allowed\n`,
            );
            expect(wrong).toEqual([]);
            expect(open).toBeGreaterThanOrEqual(8);
        },
        2 * MINUTE,
    );

    test(
        "what an administrator of a product writes, the product's service reads, and nobody else's administrator",
        async () => {
            const path = "psra/kv/data/api/keys";
            const ask = async (someone: Person, method: string, body?: object): Promise<VaultAnswer> =>
                askVault(stack.ports.vault, {
                    method,
                    path,
                    token: (await logIn(someone)).token,
                    ...(body && { body }),
                });
            expect((await ask(PSRA_ADMIN, "POST", { data: { value: "by ada" } })).status).toBe(200);
            expect((await ask(RENTGUY_ADMIN, "GET")).status).toBe(403);
            expect((await ask(PLATFORM_ADMIN, "GET")).status).toBe(403);
            const token = await serviceToken("psra-api");
            const [read] = await askVaultFrom(of("psra-api"), of("vault"), [{ method: "GET", path, token }]);
            expect(valueOf(read)).toBe("by ada");
            // Whoever runs Vault can set it without seeing it.
            expect((await ask(PLATFORM_ADMIN, "POST", { data: { value: "by pat" } })).status).toBe(200);
            expect(valueOf(await ask(PSRA_ADMIN, "GET"))).toBe("by pat");
        },
        MINUTE,
    );

    test("a session ends when its owner says so", async () => {
        const { token } = await logIn(RENTGUY_ADMIN);
        const lookup = { method: "GET", path: "auth/token/lookup-self", token };
        expect((await askVault(stack.ports.vault, { method: "POST", path: LAST, token })).status).toBe(204);
        expect((await askVault(stack.ports.vault, lookup)).status).toBe(403);
    });
});

const valueOf = (answer: VaultAnswer | undefined): string | undefined =>
    (answer?.body["data"] as { data: { value?: string } } | undefined)?.data.value;

/** Logs a service in from where it is, with a secret-id that the program's own login makes. */
async function serviceToken(service: string): Promise<string> {
    const { vaultProvisioner } = (await stack.outputs()) as { vaultProvisioner: { roleId: string; secretId: string } };
    const provisioner = await askVault(stack.ports.vault, {
        method: "POST",
        path: "auth/approle/login",
        body: { role_id: vaultProvisioner.roleId, secret_id: vaultProvisioner.secretId },
    });
    const made = await askVault(stack.ports.vault, {
        method: "POST",
        path: `auth/services/role/${service}/secret-id`,
        token: (provisioner.body["auth"] as { client_token: string }).client_token,
    });
    const [login] = await askVaultFrom(placeOf(service), of("vault"), [
        {
            method: "POST",
            path: "auth/services/login",
            body: { role_id: service, secret_id: (made.body["data"] as { secret_id: string }).secret_id },
        },
    ]);
    return (login!.body["auth"] as { client_token: string }).client_token;
}

/** Container in whose network a service's login is good: an application's is its agent. */
function placeOf(service: string): string {
    const agent = agentName(service);
    return of(platform.services.some(({ name }) => name === agent) ? agent : service);
}

describe("services and Keycloak's secrets", () => {
    test.each([
        ["psra-web", "psra/kv/data/config/client-secret", "psra"],
        ["rentguy-web", "rentguy/kv/data/config/client-secret", "rentguy"],
        ["oauth2-proxy", "platform/kv/data/shared/oauth2-proxy/secret", "oauth2-proxy"],
    ])(
        "%s finds its client's secret",
        async (service, path, client) => {
            const token = await serviceToken(service);
            const [read] = await askVaultFrom(placeOf(service), of("vault"), [{ method: "GET", path, token }]);
            expect(read!.status).toBe(200);
            const kept = await admin.clientSecret(client);
            expect(valueOf(read)).toBe(kept);
            if (placeOf(service) !== of(service)) {
                expect(await fileInside(of(service), `${RENDERED_SECRETS}/client-secret`)).toBe(kept);
            }
        },
        MINUTE,
    );

    test(
        "the platform's own services may do what is declared, and nothing else",
        async () => {
            const secrets = platform.secrets!;
            const all = secrets
                .filter(({ engine }) => engine === "kv")
                .map(({ owner, path }) => `${owner}/kv/data/${path}`);
            const wrong: string[] = [];
            for (const service of ["keycloak", "oauth2-proxy"]) {
                const own = grantsFor(secrets, service).map(({ path }) => path);
                expect(own.length).toBeGreaterThan(3);
                const token = await serviceToken(service);
                const asked = all.map((path) => ({ method: "GET", path, token }));
                const answers = await askVaultFrom(of(service), of("vault"), asked);
                answers.forEach(({ status }, index) => {
                    const declared = allowed(secrets, service, all[index]!, "read");
                    if ((status !== 403) !== declared) {
                        wrong.push(`${service} ${all[index]}: ${status}, declared ${declared ? "allowed" : "denied"}`);
                    }
                });
            }
            expect(wrong).toEqual([]);
        },
        MINUTE,
    );
});

describe("isolation", () => {
    test(
        "every pair of containers can do what was declared, and no more",
        async () => {
            const report = await verifyIsolation({ platform, probeImage: imageTag(offlineContext(), "probe") });
            expect(report.findings).toEqual([]);
            expect(report.verdict).toBe("holds");
            expect(report.counts.must).toBe(platform.flows.length);
        },
        3 * MINUTE,
    );

    test("only Vault finds the edge under the issuer's name, in the zone that is theirs alone", async () => {
        const edge = (await inspectServices(ENV)).find(({ Name }) => Name === `/${of("edge")}`)!;
        const networks = edge.NetworkSettings.Networks as Readonly<Record<string, { Aliases?: string[] | null }>>;
        const named = Object.entries(networks)
            .filter(([, { Aliases }]) => Aliases?.includes(platform.realm!.host))
            .map(([network]) => network);
        expect(named).toEqual([of("vault-net")]);
    });
});

describe("changes by hand", () => {
    const CONFIG = "auth/oidc/role/people";

    test(
        "of who is let in are found and put back",
        async () => {
            const { vaultProvisioner } = (await stack.outputs()) as {
                vaultProvisioner: { roleId: string; secretId: string };
            };
            const login = await askVault(stack.ports.vault, {
                method: "POST",
                path: "auth/approle/login",
                body: { role_id: vaultProvisioner.roleId, secret_id: vaultProvisioner.secretId },
            });
            const token = (login.body["auth"] as { client_token: string }).client_token;
            const ask = async (method: string, path: string, body?: object): Promise<VaultAnswer> =>
                askVault(stack.ports.vault, { method, path, token, ...(body && { body }) });
            const role = async (): Promise<Record<string, unknown>> =>
                (await ask("GET", CONFIG)).body["data"] as Record<string, unknown>;
            const group = "identity/group/name/PSRA%20Administrators";
            const groupPolicies = async (): Promise<unknown> =>
                ((await ask("GET", group)).body["data"] as { policies: string[] }).policies;

            const declared = await role();
            await ask("POST", CONFIG, {
                ...declared,
                bound_claims: {},
                allowed_redirect_uris: ["https://evil.example.com/"],
            });
            await ask("POST", group, { type: "external", policies: ["platform-admin"] });
            expect(await role()).not.toEqual(declared);
            expect(await groupPolicies()).toEqual(["platform-admin"]);
            expect((await stack.gate()).code).toBe(7);
            expectSuccess(await stack.strata("up", "--refresh"));
            expect(await role()).toEqual(declared);
            expect(await groupPolicies()).toEqual(["people-psra"]);
            expectSuccess(await stack.gate());
        },
        5 * MINUTE,
    );

    test("claims that are asked for are those of the declared groups", () => {
        expect(policies.map(claimOf)).toEqual(["/Administrators", "/PSRA Administrators", "/RentGuy Administrators"]);
    });
});

describe("down", () => {
    test(
        "with its volumes needs neither server",
        async () => {
            expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
            expect(await inspectServices(ENV)).toEqual([]);
        },
        4 * MINUTE,
    );
});
