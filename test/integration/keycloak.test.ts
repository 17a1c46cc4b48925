/**
 * Keycloak, its realm and forward authentication on a stack of their own: who gets in, with what, and what a hand on the
 * live server does. Needs a Docker engine, about 3 GiB of memory, and minutes: Keycloak's first start is slow.
 */

import { createPublicKey, verify as verifySignature, type JsonWebKey } from "node:crypto";

import { offlineContext } from "../../cli/setup/setup";
import { LABEL } from "../../model/names";
import type { Platform } from "../../model/platform";
import { imageTag } from "../../offline/build/images";
import { verifyIsolation } from "../../verify";
import { Browser, fieldOf, formAction, oneTimeCode, type Page, pkce } from "../support/browser";
import { KeycloakAdmin, type Person } from "../support/keycloak-admin";
import { docker, type Ended, inspectServices, labelled } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectSuccess } from "../support/outcome";

const ENV = "test-keycloak";
const MINUTE = 60_000;
const stack = new LiveStack({
    name: ENV,
    addressBase: "10.231",
    port: 28080,
    config: {
        "strata:products": [{ name: "psra" }],
        "strata:platformDatabases": [],
        "strata:identity": { keycloak: { protect: ["psra/web"] } },
        // Data is protected as in production: the policies grant an exception to `local` only.
        "strata:protectData": true,
    },
});
const origin = (host: string): string => `https://${host}.${stack.domain}:${stack.ports.https}`;
const REDIRECT = `${origin("psra")}/auth/callback`;

interface Identity {
    readonly realm: string;
    readonly issuer: string;
    readonly jwksUrl: string;
    readonly clientIds: readonly string[];
    readonly adminUrl: string;
    readonly provisioner: { readonly clientId: string; readonly clientSecret: string };
}

const person = (username: string, groups: readonly string[], tenant: string): Person => ({
    username,
    password: `correct horse ${username}`,
    groups,
    tenant,
});
const USER = person("una", ["PSRA Users"], "acme");
const ADMIN = person("ada", ["PSRA Administrators"], "globex");
const STRANGER = person("sam", [], "acme");

let platform: Platform;
let first: Ended;
let identity: Identity;
let authority: string;
let admin: KeycloakAdmin;

const FIRST = "up starts Keycloak and makes the realm";

beforeAll(async () => {
    await stack.removeLeftovers();
    platform = stack.declared().platform;
    first = await stack.strata("up");
    if (first.code === 0) {
        const outputs = await stack.outputs();
        identity = outputs["identity"] as Identity;
        authority = outputs["authority"] as string;
        admin = new KeycloakAdmin(identity);
        for (const someone of [USER, ADMIN, STRANGER]) {
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
    test("starts Keycloak and makes the realm", async () => {
        expectSuccess(first);
        const services = await inspectServices(ENV);
        const found = Object.fromEntries(
            services.map((it) => [it.Config.Labels[LABEL.service] ?? "", it.State.Health?.Status]),
        );
        expect(found).toEqual(Object.fromEntries(platform.services.map(({ name }) => [name, "healthy"])));
        expect(identity).toMatchObject({
            realm: "sevensa",
            issuer: `${origin("auth")}/realms/sevensa`,
            clientIds: ["psra", "bao-oidc", "oauth2-proxy"],
        });
    });

    test(
        "has nothing to do the second time, and leaves nothing for the drift gate to find",
        async () => {
            const second = await stack.strata("up");
            expectSuccess(second);
            expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
            expectSuccess(await stack.gate());
        },
        4 * MINUTE,
    );

    test("has taken the temporary administrator away, and made nobody else one", async () => {
        const clients = await admin.call<{ clientId: string }[]>("GET", "master/clients?max=100");
        const own = clients.map(({ clientId }) => clientId).filter((id) => id.startsWith("strata"));
        expect(own).toEqual(["strata-provisioner"]);
        expect(await admin.call<unknown[]>("GET", "master/users")).toEqual([]);
    });
});

/** Sends a login form. */
async function submit(browser: Browser, page: Page, form: Readonly<Record<string, string>>): Promise<Page> {
    return browser.post(new URL(formAction(page), page.url).toString(), form);
}

function loginUrl(clientId: string, challenge: string | undefined, redirect = REDIRECT): string {
    const query = new URLSearchParams({
        client_id: clientId,
        response_type: "code",
        scope: "openid",
        redirect_uri: redirect,
        state: "s",
        ...(challenge !== undefined && { code_challenge: challenge, code_challenge_method: "S256" }),
    });
    return `${identity.issuer}/protocol/openid-connect/auth?${query.toString()}`;
}

/** Name and password at the client `psra`. @returns what comes then */
async function enter(browser: Browser, { username, password }: Person, challenge: string): Promise<Page> {
    const form = await browser.get(loginUrl("psra", challenge));
    return browser.follow(await submit(browser, form, { username, password }), REDIRECT);
}

interface Claims {
    readonly iss: string;
    readonly aud: string | string[];
    readonly azp: string;
    readonly tenant: string;
    readonly realm_access: { readonly roles: readonly string[] };
    readonly exp: number;
    readonly iat: number;
}

/** Redeems the code that a login ended with. */
async function redeem(browser: Browser, page: Page, verifier: string): Promise<Page> {
    const code = new URL(page.location ?? "none:").searchParams.get("code");
    return browser.post(`${identity.issuer}/protocol/openid-connect/token`, {
        grant_type: "authorization_code",
        client_id: "psra",
        client_secret: await admin.clientSecret("psra"),
        redirect_uri: REDIRECT,
        code: code ?? "",
        code_verifier: verifier,
    });
}

/** Claims of a token whose signature is one of the published keys'. */
async function verified(browser: Browser, token: string): Promise<Claims> {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string; alg: string };
    expect(alg).toBe("RS256");
    const { body } = await browser.get(identity.jwksUrl);
    const key = (JSON.parse(body) as { keys: (JsonWebKey & { kid: string })[] }).keys.find((it) => it.kid === kid);
    const publicKey = createPublicKey({ key: key ?? {}, format: "jwk" });
    const data = Buffer.from(`${header}.${payload}`);
    expect(verifySignature("RSA-SHA256", data, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
}

const tokenOf = ({ body }: Page): string => (JSON.parse(body) as { access_token: string }).access_token;

describe("login with authorization code and PKCE", () => {
    test(
        "a user gets a token with the user's roles, the client as audience, and the tenant",
        async () => {
            const browser = new Browser(authority);
            const { verifier, challenge } = pkce();
            const end = await enter(browser, USER, challenge);
            expect(end.location).toMatch(new RegExp(`^${REDIRECT.replaceAll(".", "\\.")}\\?`));
            const answer = await redeem(browser, end, verifier);
            expect(answer.status).toBe(200);
            const claims = await verified(browser, tokenOf(answer));
            expect(claims).toMatchObject({ iss: identity.issuer, aud: "psra", azp: "psra", tenant: "acme" });
            expect(claims.realm_access.roles).toEqual(["psra-user"]);
            expect(claims.exp - claims.iat).toBe(300);
        },
        MINUTE,
    );

    test(
        "a login without PKCE, to another address or redeemed with another verifier ends without a token",
        async () => {
            const browser = new Browser(authority);
            const without = await browser.get(loginUrl("psra", undefined));
            expect(without.location).toContain("error=invalid_request");
            const { challenge } = pkce();
            const elsewhere = await browser.get(loginUrl("psra", challenge, `${REDIRECT}/more`));
            expect([elsewhere.status, elsewhere.location]).toEqual([400, undefined]);
            const end = await enter(browser, USER, challenge);
            expect((await redeem(browser, end, pkce().verifier)).status).toBe(400);
        },
        MINUTE,
    );

    test(
        "a wrong password lets nobody in, and neither does a right one outside a browser",
        async () => {
            const browser = new Browser(authority);
            const wrong = await enter(browser, { ...USER, password: "wrong" }, pkce().challenge);
            expect([wrong.status, wrong.location]).toEqual([200, undefined]);
            expect(wrong.body).toContain("Invalid username or password");
            const direct = await admin.token(
                { grant_type: "password", client_id: "admin-cli", username: USER.username, password: USER.password },
                identity.realm,
            );
            expect(direct.status).not.toBe(200);
            expect(direct.body).not.toContain("access_token");
        },
        MINUTE,
    );

    test(
        "an administrator has to set up a second factor first, and is asked for it from then on",
        async () => {
            const setup = new Browser(authority);
            const { verifier, challenge } = pkce();
            const page = await enter(setup, ADMIN, challenge);
            expect(page.location).toBeUndefined();
            const secret = fieldOf(page, "totpSecret") ?? "";
            expect(secret).not.toBe("");
            const done = await submit(setup, page, {
                totp: oneTimeCode(secret),
                totpSecret: secret,
                userLabel: "test",
            });
            const answer = await redeem(setup, await setup.follow(done, REDIRECT), verifier);
            const claims = await verified(setup, tokenOf(answer));
            expect([...claims.realm_access.roles].sort()).toEqual(["psra-admin", "psra-user", "second-factor"]);
            expect(claims.tenant).toBe("globex");

            const later = new Browser(authority);
            const again = pkce();
            const asked = await enter(later, ADMIN, again.challenge);
            expect(asked.location).toBeUndefined();
            const refused = await submit(later, asked, { otp: "000000" });
            expect([refused.status, refused.location]).toEqual([200, undefined]);
            // A code works once: the next one is not the one that the set-up has used.
            const through = await submit(later, refused, { otp: oneTimeCode(secret, 1) });
            expect((await redeem(later, await later.follow(through, REDIRECT), again.verifier)).status).toBe(200);
        },
        MINUTE,
    );
});

/** Logs in at the protected route. @returns what the route answered in the end */
async function visit(browser: Browser, { username, password }: Person): Promise<Page> {
    const form = await browser.follow(await browser.get(`${origin("psra")}/`));
    return browser.follow(await submit(browser, form, { username, password }));
}

const headersOf = ({ body }: Page): Record<string, string> =>
    (JSON.parse(body) as { headers: Record<string, string> }).headers;

const FORGED = {
    "X-Auth-Request-User": "forged",
    "X-Auth-Request-Email": "forged@example.com",
    "X-Auth-Request-Groups": "role:admin",
    "X-Forwarded-User": "forged",
    X_Auth_Request_User: "forged",
    X_Auth_Request_Email: "forged@example.com",
    X_Forwarded_User: "forged",
} as const;

describe("forward authentication", () => {
    test("a visitor without a session is sent to Keycloak, a program is told 401", async () => {
        const browser = new Browser(authority);
        const { status, location } = await browser.get(`${origin("psra")}/some/path`);
        expect(status).toBe(302);
        const target = new URL(location ?? "none:");
        expect(`${target.origin}${target.pathname}`).toBe(`${identity.issuer}/protocol/openid-connect/auth`);
        expect(target.searchParams.get("client_id")).toBe("oauth2-proxy");
        expect(target.searchParams.get("code_challenge_method")).toBe("S256");
        expect(target.searchParams.get("redirect_uri")).toBe(`${origin("psra")}/oauth2/callback`);
        expect((await browser.get(`${origin("psra")}/`, { Accept: "application/json" })).status).toBe(401);
    });

    test(
        "a visitor with the role gets through, and the service learns who it is",
        async () => {
            const browser = new Browser(authority);
            const page = await visit(browser, USER);
            expect([page.status, new URL(page.url).host]).toEqual([200, new URL(origin("psra")).host]);
            expect(headersOf(page)["X-Auth-Request-Email"]).toBe(`${USER.username}@example.com`);
            const cookies = browser.setCookies.filter((line) => /^__Host-strata(_\d)?=[^;]/.test(line));
            expect(cookies.length).toBeGreaterThan(0);
            for (const cookie of cookies) {
                expect(cookie).toMatch(/; Path=\/;.*; HttpOnly; Secure; SameSite=Lax/);
                expect(cookie).not.toMatch(/domain=/i);
            }
        },
        MINUTE,
    );

    test(
        "a visitor without the role is told 403",
        async () => {
            const page = await visit(new Browser(authority), STRANGER);
            expect([page.status, new URL(page.url).host]).toEqual([403, new URL(origin("psra")).host]);
        },
        MINUTE,
    );

    test(
        "forged headers gain nothing: not without a session, not with one, not where no session is needed",
        async () => {
            const anonymous = new Browser(authority);
            expect((await anonymous.get(`${origin("psra")}/`, FORGED)).status).toBe(302);

            const browser = new Browser(authority);
            await visit(browser, USER);
            const seen = headersOf(await browser.get(`${origin("psra")}/`, FORGED));
            expect(seen["X-Auth-Request-Email"]).toBe(`${USER.username}@example.com`);
            expect(JSON.stringify(seen)).not.toContain("forged");
            expect(Object.keys(seen).filter((name) => name.includes("_"))).toEqual([]);

            const open = await anonymous.get(`${origin("api.psra")}/`, FORGED);
            expect(open.status).toBe(200);
            expect(Object.keys(headersOf(open)).filter((name) => /auth|forwarded.user|_/i.test(name))).toEqual([]);

            const stranger = new Browser(authority);
            await visit(stranger, STRANGER);
            expect((await stranger.get(`${origin("psra")}/`, FORGED)).status).toBe(403);
        },
        MINUTE,
    );
});

describe("the public edge", () => {
    const at = async (path: string): Promise<number> =>
        (await new Browser(authority).get(`${origin("auth")}${path}`)).status;

    test("serves the realm", async () => {
        const url = `${origin("auth")}/realms/sevensa/.well-known/openid-configuration`;
        const { status, body } = await new Browser(authority).get(url, { Accept: "application/json" });
        expect(status).toBe(200);
        expect(JSON.parse(body)).toMatchObject({ issuer: identity.issuer, jwks_uri: identity.jwksUrl });
    });

    test.each([
        "/",
        "/admin",
        "/admin/",
        "/admin/master/console/",
        "/admin/realms/sevensa",
        "/metrics",
        "/health",
        "/health/ready",
        "/realms/master",
        "/realms/master/.well-known/openid-configuration",
        "/realms/master/protocol/openid-connect/token",
    ])("closes %s", async (path) => {
        expect(await at(path)).toBe(404);
    });

    test.each(["/realms/sevensa/%2e%2e/master", "/realms/sevensa/..%2fmaster", "/resources/%2e%2e/admin/"])(
        "closes %s, whoever decodes it",
        async (path) => {
            const { status, body } = await new Browser(authority).get(`${origin("auth")}${path}`);
            expect(status).toBeGreaterThanOrEqual(400);
            expect(body).not.toContain('"realm":"master"');
        },
    );

    test("lets nobody log in to the master realm, not even the program", async () => {
        const { clientId, clientSecret } = identity.provisioner;
        const { status } = await new Browser(authority).post(
            `${origin("auth")}/realms/master/protocol/openid-connect/token`,
            { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret },
        );
        expect(status).toBe(404);
    });
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
        2 * MINUTE,
    );
});

/** One edit by hand: what it changes and how to see it. */
interface Edit {
    readonly what: string;
    readonly read: () => Promise<unknown>;
    readonly change: () => Promise<unknown>;
}

type Json = Record<string, unknown>;

/** Edits a field of a representation. */
function field(what: string, path: () => Promise<string>, name: string, value: unknown): Edit {
    return {
        what,
        read: async () => (await admin.realm<Json>("GET", await path()))[name],
        change: async () => {
            const representation = await admin.realm<Json>("GET", await path());
            await admin.realm("PUT", await path(), { ...representation, [name]: value });
        },
    };
}

const realmPath = (): Promise<string> => Promise.resolve("");
const clientPath = async (): Promise<string> => `/clients/${await admin.clientId("psra")}`;
const eventsPath = (): Promise<string> => Promise.resolve("/events/config");
const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name).sort();
const role = async (name: string): Promise<Json> => admin.realm<Json>("GET", `/roles/${name}`);
const groupRoles = async (group: string): Promise<string> =>
    `/groups/${await admin.groupId(group)}/role-mappings/realm`;

const EDITS: readonly Edit[] = [
    field("brute-force protection off", realmPath, "bruteForceProtected", false),
    field("a weaker password policy", realmPath, "passwordPolicy", "length(4)"),
    field("longer access tokens", realmPath, "accessTokenLifespan", 86_400),
    field("registration open", realmPath, "registrationAllowed", true),
    field("another login flow", realmPath, "browserFlow", "browser"),
    field("passwords outside a browser", realmPath, "directGrantFlow", "direct grant"),
    field("a further redirect URI", clientPath, "redirectUris", [REDIRECT, "https://evil.example.com/*"]),
    field("direct access grants", clientPath, "directAccessGrantsEnabled", true),
    field("every role in the client's tokens", clientPath, "fullScopeAllowed", true),
    field("events off", eventsPath, "eventsEnabled", false),
    {
        what: "PKCE off",
        read: async () =>
            (await admin.realm<{ attributes: Json }>("GET", await clientPath())).attributes[
                "pkce.code.challenge.method"
            ],
        change: async () => {
            const client = await admin.realm<{ attributes: Json }>("GET", await clientPath());
            const attributes = { ...client.attributes, "pkce.code.challenge.method": "" };
            await admin.realm("PUT", await clientPath(), { ...client, attributes });
        },
    },
    {
        what: "a role too many for a group",
        read: async () => names(await admin.realm("GET", await groupRoles("PSRA Users"))),
        change: async () => admin.realm("POST", await groupRoles("PSRA Users"), [await role("admin")]),
    },
    {
        what: "a role less for a group",
        read: async () => names(await admin.realm("GET", await groupRoles("PSRA Administrators"))),
        change: async () => admin.realm("DELETE", await groupRoles("PSRA Administrators"), [await role("psra-user")]),
    },
    {
        what: "a role too many inside a role",
        read: async () => names(await admin.realm("GET", "/roles/psra-admin/composites")),
        change: async () => admin.realm("POST", "/roles/psra-admin/composites", [await role("admin")]),
    },
    {
        what: "a claim less",
        read: async () => names(await admin.realm("GET", `${await clientPath()}/default-client-scopes`)),
        change: async () => {
            const path = `${await clientPath()}/default-client-scopes`;
            const scopes = await admin.realm<{ id: string; name: string }[]>("GET", path);
            await admin.realm("DELETE", `${path}/${scopes.find(({ name }) => name === "tenant")?.id}`);
        },
    },
    {
        what: "another attribute as tenant",
        read: async () => (await tenantMapper()).config["user.attribute"],
        change: async () => {
            const mapper = await tenantMapper();
            const config = { ...mapper.config, "user.attribute": "lastName" };
            await admin.realm("PUT", `${mapper.path}/${mapper.id}`, { ...mapper, path: undefined, config });
        },
    },
    {
        what: "the second factor not asked for",
        read: async () => (await mandatoryFactor()).requirement,
        change: async () => {
            const execution = await mandatoryFactor();
            await admin.realm("PUT", "/authentication/flows/strata%20browser/executions", {
                ...execution,
                requirement: "DISABLED",
            });
        },
    },
    {
        what: "people change their own tenant",
        read: async () => (await profile()).attributes.find(({ name }) => name === "tenant")?.permissions.edit,
        change: async () => {
            const current = await profile();
            const attributes = current.attributes.map((it) =>
                it.name === "tenant" ? { ...it, permissions: { ...it.permissions, edit: ["admin", "user"] } } : it,
            );
            await admin.realm("PUT", "/users/profile", { ...current, attributes });
        },
    },
];

interface Mapper extends Json {
    readonly id: string;
    readonly path: string;
    readonly config: Record<string, string>;
}

async function tenantMapper(): Promise<Mapper> {
    const scopes = await admin.realm<{ id: string; name: string }[]>("GET", "/client-scopes");
    const path = `/client-scopes/${scopes.find(({ name }) => name === "tenant")?.id}/protocol-mappers/models`;
    const [mapper] = await admin.realm<Mapper[]>("GET", path);
    if (mapper === undefined) {
        throw new Error("the scope tenant has no mapper");
    }
    return { ...mapper, path };
}

async function mandatoryFactor(): Promise<{ displayName: string; requirement: string }> {
    const executions = await admin.realm<{ displayName: string; requirement: string }[]>(
        "GET",
        "/authentication/flows/strata%20browser/executions",
    );
    const found = executions.find(({ displayName }) => displayName === "strata mandatory-factor");
    if (found === undefined) {
        throw new Error("the login flow has no mandatory factor");
    }
    return found;
}

interface Profile {
    readonly attributes: readonly { readonly name: string; readonly permissions: { readonly edit: string[] } }[];
}

async function profile(): Promise<Profile> {
    return admin.realm<Profile>("GET", "/users/profile");
}

describe("hand edits are put back by up --refresh", () => {
    const before = new Map<string, unknown>();
    let after: Ended;

    beforeAll(async () => {
        if (first.code !== 0) {
            return;
        }
        for (const { what, read, change } of EDITS) {
            before.set(what, await read());
            await change();
            if (JSON.stringify(await read()) === JSON.stringify(before.get(what))) {
                throw new Error(`${what}: the edit changed nothing, so it would prove nothing`);
            }
        }
        expect((await stack.gate()).code).not.toBe(0);
        after = await stack.strata("up", "--refresh");
    }, 8 * MINUTE);

    test("the update succeeds", () => {
        expectSuccess(after);
    });

    test.each(EDITS)("$what", async ({ what, read }) => {
        expect(await read()).toEqual(before.get(what));
    });

    test(
        "and nothing is left to do",
        async () => {
            expectSuccess(await stack.gate());
        },
        2 * MINUTE,
    );
});

describe("down", () => {
    test(
        "works although Keycloak went away first",
        async () => {
            await docker(["rm", "--force", `${ENV}-keycloak`, `${ENV}-keycloak-postgres`]);
            expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
            for (const kind of ["container", "network", "volume"] as const) {
                expect(await labelled(kind, ENV)).toEqual([]);
            }
        },
        4 * MINUTE,
    );
});
