import type { Person } from "../../support/keycloak-admin";
import { askVaultFrom } from "../../support/vault-client";
import { admin, of, platform } from "./live";
import {
    authenticators,
    giveSecondFactor,
    NESTED,
    newBrowser,
    PLATFORM_ADMIN,
    PSRA_ADMIN,
    RENTGUY_ADMIN,
    setUpSecondFactor,
    STRANGER,
    USER,
} from "./people";
import { ask } from "./vault-client";

/** Where `vault login -method=oidc` listens; nothing does here, the login is followed up to it. */
const CALLBACK = "http://localhost:8250/oidc/callback";

/** How a login at Vault ended. */
export interface VaultLogin {
    readonly status: number;
    readonly errors: readonly string[];
    readonly token: string;
    readonly policies: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
    readonly seconds: number;
}

/** Asks Vault where a login begins. @returns the URL of the login page, empty when Vault refuses */
export async function begin(redirect = CALLBACK): Promise<string> {
    const body = { role: "people", redirect_uri: redirect, client_nonce: "nonce-of-the-test" };
    const answer = await ask({ method: "POST", path: "auth/oidc/oidc/auth_url", body });
    return (answer.body["data"] as { auth_url: string }).auth_url;
}

/** Name, password and, where Keycloak asks for it, a second factor. @returns the code and state that the browser ends with */
async function authenticate(someone: Person): Promise<URLSearchParams> {
    const { username, password } = someone;
    const browser = newBrowser();
    const form = await browser.follow(await browser.get(await begin()));
    let page = await browser.follow(await browser.submit(form, { username, password }), CALLBACK);
    if (page.location === undefined) {
        const second = authenticators.has(username) ? giveSecondFactor : setUpSecondFactor;
        page = await browser.follow(await second(browser, page, someone), CALLBACK);
    }
    expect(page.location).toMatch(new RegExp(`^${CALLBACK}\\?`));
    return new URL(page.location!).searchParams;
}

/** Hands code and state to Vault, as its command line does. */
async function redeem(parameters: URLSearchParams, nonce = "nonce-of-the-test"): Promise<VaultLogin> {
    const query = new URLSearchParams({
        state: parameters.get("state") ?? "",
        code: parameters.get("code") ?? "",
        client_nonce: nonce,
    });
    const { status, body } = await ask({ method: "GET", path: `auth/oidc/oidc/callback?${query.toString()}` });
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

/** Those who are logged in to Vault, by name. */
export const sessions = new Map<string, VaultLogin>();

/** Logs somebody in to Vault, once. */
export async function logIn(someone: Person): Promise<VaultLogin> {
    const known = sessions.get(someone.username) ?? (await redeem(await authenticate(someone)));
    sessions.set(someone.username, known);
    return known;
}

/** Who is let in to Vault, and as what. */
export function vaultLoginTests(): void {
    test("with authorization code and PKCE, at the issuer's public name", async () => {
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
    });

    test.each([
        { someone: PSRA_ADMIN, policy: "people-psra" },
        { someone: RENTGUY_ADMIN, policy: "people-rentguy" },
        { someone: PLATFORM_ADMIN, policy: "platform-admin" },
    ])("$someone.groups.0 get $policy, and no other policy", async ({ someone, policy }) => {
        const login = await logIn(someone);
        expect([login.status, login.errors]).toEqual([200, []]);
        expect(login.policies).toEqual([policy]);
        expect(login.metadata).toMatchObject({ role: "people", username: someone.username });
        expect(login.seconds).toBeLessThanOrEqual(3600);
    });

    test.each([USER, STRANGER])("$username, who keeps nobody's secrets, is not let in", async (someone) => {
        const login = await redeem(await authenticate(someone));
        expect(login.status).toBeGreaterThanOrEqual(400);
        expect([login.token, login.policies]).toEqual(["", []]);
    });

    test("a group of the same name inside another one is another group", async () => {
        const parent = await admin.groupId("PSRA Users");
        await admin.realm("POST", `/groups/${parent}/children`, { name: "Administrators" });
        await admin.addPerson(NESTED);
        const login = await redeem(await authenticate(NESTED));
        expect([login.status >= 400, login.token]).toEqual([true, ""]);
    });

    test("a code is good once, and only for whoever began the login", async () => {
        const parameters = await authenticate(RENTGUY_ADMIN);
        expect((await redeem(parameters, "somebody-elses-nonce")).token).toBe("");
        expect((await redeem(parameters)).token).toBe("");
    });

    test("a token is of no use where products are", async () => {
        const { token } = await logIn(PSRA_ADMIN);
        const lookup = { method: "GET", path: "auth/token/lookup-self", token };
        const [inside] = await askVaultFrom(of("psra-api"), of("vault"), [lookup]);
        expect([inside!.status, (await ask(lookup)).status]).toEqual([403, 200]);
    });
}
