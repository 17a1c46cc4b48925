import { origin, outputs } from "./live";
import { newBrowser, PLATFORM_ADMIN, USER, visit } from "./people";
import { begin, sessions } from "./vault-login";

const VAULT = origin("vault");
const JSON_ONLY = { Accept: "application/json" };

/** Vault's pages, and the API below them, at the public edge. */
export function consoleTests(): void {
    test("without a session there is a login and nothing else", async () => {
        const browser = newBrowser();
        const { status, location } = await browser.get(`${VAULT}/ui/`);
        expect(status).toBe(302);
        const target = new URL(location ?? "none:");
        expect(`${target.origin}${target.pathname}`).toBe(`${outputs.identity.issuer}/protocol/openid-connect/auth`);
        expect(target.searchParams.get("redirect_uri")).toBe(`${VAULT}/oauth2/callback`);
        for (const path of ["/v1/sys/health", "/v1/sys/seal-status", "/v1/auth/approle/login", "/ui/"]) {
            expect([path, (await browser.get(`${VAULT}${path}`, JSON_ONLY)).status]).toEqual([path, 401]);
        }
    });

    test("who keeps no secrets is told 403, by pages and API", async () => {
        const browser = newBrowser();
        expect((await visit(browser, `${VAULT}/ui/`, USER)).status).toBe(403);
        expect((await browser.get(`${VAULT}/v1/sys/health`, JSON_ONLY)).status).toBe(403);
    });

    test("who keeps secrets gets through, and Vault asks for its own login", async () => {
        const browser = newBrowser();
        const page = await visit(browser, `${VAULT}/ui/`, PLATFORM_ADMIN);
        expect([page.status, new URL(page.url).origin]).toEqual([200, VAULT]);
        expect(page.body).toContain("Vault");
        const lookup = `${VAULT}/v1/auth/token/lookup-self`;
        expect((await browser.get(lookup, JSON_ONLY)).status).toBe(403);
        const { token } = sessions.get(PLATFORM_ADMIN.username)!;
        expect((await browser.get(lookup, { ...JSON_ONLY, "X-Vault-Token": token })).status).toBe(200);
        // The token alone is of no use out here.
        expect((await newBrowser().get(lookup, { ...JSON_ONLY, "X-Vault-Token": token })).status).toBe(401);
    });

    test("that login may end at the console", async () => {
        expect(await begin(`${VAULT}/ui/vault/auth/oidc/oidc/callback`)).toContain(outputs.identity.issuer);
    });
}
