import type { Page } from "../../support/browser";
import { origin, outputs } from "./live";
import { newBrowser, STRANGER, USER, visit } from "./people";

/** The protected route. */
const ROUTE = `${origin("psra")}/`;

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
    ...Object.fromEntries(
        // Every character that PHP, CGI and WSGI take for a dash.
        [..."!#$%&'*+.^_`|~"].flatMap((character) => [
            [`X${character}Auth${character}Request${character}User`, "forged"],
            [`x-auth-request${character}email`, "forged@example.com"],
            [`X${character}Forwarded-User`, "forged"],
        ]),
    ),
};

/** A route that the stack protects. */
export function forwardAuthTests(): void {
    test("a visitor without a session is sent to Keycloak, a program is told 401", async () => {
        const browser = newBrowser();
        const { status, location } = await browser.get(`${origin("psra")}/some/path`);
        expect(status).toBe(302);
        const target = new URL(location ?? "none:");
        expect(`${target.origin}${target.pathname}`).toBe(`${outputs.identity.issuer}/protocol/openid-connect/auth`);
        expect(target.searchParams.get("client_id")).toBe("oauth2-proxy");
        expect(target.searchParams.get("code_challenge_method")).toBe("S256");
        expect(target.searchParams.get("redirect_uri")).toBe(`${origin("psra")}/oauth2/callback`);
        expect((await browser.get(ROUTE, { Accept: "application/json" })).status).toBe(401);
    });

    test("a page that polls without a session is told 401 and gets no cookie", async () => {
        const browser = newBrowser();
        for (const headers of [{ "Sec-Fetch-Mode": "cors" }, { "X-Requested-With": "XMLHttpRequest" }] as const) {
            for (let times = 0; times < 30; times++) expect((await browser.get(ROUTE, headers)).status).toBe(401);
        }
        expect(browser.setCookies).toEqual([]);
    });

    test("a visitor who begins 60 logins and ends none keeps one cookie", async () => {
        const browser = newBrowser();
        for (let times = 0; times < 60; times++) expect((await browser.get(`${ROUTE}?${times}`)).status).toBe(302);
        expect(await browser.cookiesFor(ROUTE)).toHaveLength(1);
        // And can still log in.
        expect((await visit(browser, ROUTE, USER)).status).toBe(200);
    });

    test("a visitor with the role gets through, and the service learns who it is", async () => {
        const browser = newBrowser();
        const page = await visit(browser, ROUTE, USER);
        expect([page.status, new URL(page.url).host]).toEqual([200, new URL(origin("psra")).host]);
        expect(headersOf(page)["X-Auth-Request-Email"]).toBe(`${USER.username}@example.com`);
        const cookies = browser.setCookies.filter((line) => /^__Host-strata(_\d)?=[^;]/.test(line));
        expect(cookies.length).toBeGreaterThan(0);
        for (const cookie of cookies) {
            expect(cookie).toMatch(/; Path=\/;.*; HttpOnly; Secure; SameSite=Lax/);
            expect(cookie).not.toMatch(/domain=/i);
        }
        // Neither another host nor plain HTTP is shown the session.
        const session = (names: readonly string[]): string[] =>
            names.filter((name) => name.startsWith("__Host-strata"));
        expect(session(await browser.cookiesFor(ROUTE))).not.toEqual([]);
        for (const other of [`${origin("api.psra")}/`, `${origin("auth")}/`, ROUTE.replace("https:", "http:")]) {
            expect(session(await browser.cookiesFor(other))).toEqual([]);
        }
    });

    test("a visitor without the role is told 403", async () => {
        const page = await visit(newBrowser(), ROUTE, STRANGER);
        expect([page.status, new URL(page.url).host]).toEqual([403, new URL(origin("psra")).host]);
    });

    test("forged headers gain nothing: not without a session, not with one, not where no session is needed", async () => {
        const anonymous = newBrowser();
        expect((await anonymous.get(ROUTE, FORGED)).status).toBe(302);

        const browser = newBrowser();
        await visit(browser, ROUTE, USER);
        const seen = headersOf(await browser.get(ROUTE, FORGED));
        expect(seen["X-Auth-Request-Email"]).toBe(`${USER.username}@example.com`);
        expect(JSON.stringify(seen)).not.toContain("forged");
        expect(Object.keys(seen).filter((name) => !/^[A-Za-z0-9-]+$/.test(name))).toEqual([]);

        const open = await anonymous.get(`${origin("api.psra")}/`, FORGED);
        expect(open.status).toBe(200);
        expect(Object.keys(headersOf(open)).filter((name) => /auth|forwarded.user|[^a-z0-9-]/i.test(name))).toEqual([]);

        const stranger = newBrowser();
        await visit(stranger, ROUTE, STRANGER);
        expect((await stranger.get(ROUTE, FORGED)).status).toBe(403);
    });
}
