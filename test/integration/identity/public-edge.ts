import { logins, origin, outputs } from "./live";
import { newBrowser } from "./people";

/** What of Keycloak everybody reaches. */
export function publicEdgeTests(): void {
    test("serves the realm", async () => {
        const url = `${origin("auth")}/realms/sevensa/.well-known/openid-configuration`;
        const { status, body } = await newBrowser().get(url, { Accept: "application/json" });
        expect(status).toBe(200);
        const { issuer, jwksUrl } = outputs.identity;
        expect(JSON.parse(body)).toMatchObject({ issuer, jwks_uri: jwksUrl });
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
        expect((await newBrowser().get(`${origin("auth")}${path}`)).status).toBe(404);
    });

    test.each(["/realms/sevensa/%2e%2e/master", "/realms/sevensa/..%2fmaster", "/resources/%2e%2e/admin/"])(
        "closes %s, whoever decodes it",
        async (path) => {
            const { status, body } = await newBrowser().get(`${origin("auth")}${path}`);
            expect(status).toBeGreaterThanOrEqual(400);
            expect(body).not.toContain('"realm":"master"');
        },
    );

    test("lets Keycloak say who may show which of its pages in a frame", async () => {
        const realm = `${origin("auth")}/realms/sevensa/protocol/openid-connect`;
        const client = "client_id=account-console&response_type=code&scope=openid";
        const redirect = encodeURIComponent(`${origin("auth")}/realms/sevensa/account/`);
        const pkce = `code_challenge_method=S256&code_challenge=${"a".repeat(43)}`;
        const login = await newBrowser().get(`${realm}/auth?${client}&redirect_uri=${redirect}&${pkce}`);
        expect([login.status, login.headers["x-frame-options"]]).toEqual([200, "SAMEORIGIN"]);
        expect(login.headers["content-security-policy"]).toContain("frame-ancestors 'self'");
        expect(login.headers["referrer-policy"]).toBe("no-referrer");
        // What keycloak-js shows in frames, for the account console here and for pages of other origins.
        for (const page of ["3p-cookies/step1.html", "login-status-iframe.html"]) {
            const { status, headers } = await newBrowser().get(`${realm}/${page}`);
            expect([page, status, headers["x-frame-options"]]).toEqual([page, 200, undefined]);
            expect(String(headers["content-security-policy"] ?? "")).not.toContain("frame-ancestors");
        }
    });

    test("lets nobody log in to the master realm, not even the program", async () => {
        const { clientId, clientSecret } = logins.keycloak;
        const { status } = await newBrowser().post(`${origin("auth")}/realms/master/protocol/openid-connect/token`, {
            grant_type: "client_credentials",
            client_id: clientId,
            client_secret: clientSecret,
        });
        expect(status).toBe(404);
    });
}
