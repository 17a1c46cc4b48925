import { CLAIMED_HEADERS, CLAIMED_PATTERN } from "../../../components/edge/traefik/claimed-headers";
import { backgroundGuardsOf } from "../../../components/edge/traefik/forward-auth";
import { dynamicConfiguration } from "../../../components/edge/traefik/dynamic";
import { proxyConfiguration } from "../../../components/identity/oauth2-proxy/oauth2-proxy";
import { type ServerSettings, serverConfiguration } from "../../../components/identity/keycloak/server-config";
import { EDGE } from "../../../components/edge/traefik/kind";
import type { Product } from "../../../model/product";
import { configOf, resolve, shop } from "../model/fixtures";

const product: Product = {
    ...shop,
    identity: { label: "Shop", roles: { user: { description: "Buys" } }, groups: { Users: ["user"] } },
};
const platform = resolve(
    [product],
    configOf({ identity: { keycloak: { realm: "acme", host: "auth", protect: ["shop/web"], consoles: [] } } }),
);
const edge = platform.services.find(({ name }) => name === EDGE)!;

interface Dynamic {
    http: {
        routers: Record<string, { entryPoints: string[]; rule: string; service: string; middlewares: string[] }>;
        services: Record<string, { loadBalancer: { servers: { url: string }[] } }>;
        middlewares: Record<string, { forwardAuth?: Record<string, unknown>; headers?: Record<string, unknown> }>;
    };
}
const { http } = dynamicConfiguration(platform, edge, "172.22.0.1", {
    trustedProxies: [],
    requestTimeout: 600,
}) as Dynamic;

describe("Traefik", () => {
    test("a route that asks for a session is not made without somebody to ask", () => {
        const { realm: _, ...without } = platform;
        expect(() =>
            dynamicConfiguration(without, edge, "172.22.0.1", { trustedProxies: [], requestTimeout: 600 }),
        ).toThrow("shop-web: the route asks for authentication, and the platform has no Keycloak");
    });

    test("strips identities before it asks for one, and asks for the session before the role", () => {
        expect(http.routers["shop-web"]?.middlewares).toEqual([
            "secure-headers",
            "frames-deny",
            "plain-paths",
            "shop-web-rate-limit",
            "strip-identity",
            "session",
            "shop-web-roles",
            "compress",
        ]);
    });

    test("strips them where nobody is asked", () => {
        expect(http.routers["shop-api"]?.middlewares).toEqual([
            "secure-headers",
            "frames-deny",
            "plain-paths",
            "shop-api-rate-limit",
            "strip-identity",
            "compress",
        ]);
        const removed = http.middlewares["strip-identity"]?.headers?.["customRequestHeaders"] as Record<string, string>;
        expect(Object.values(removed).every((value) => value === "")).toBe(true);
        expect(Object.keys(removed)).toEqual(
            expect.arrayContaining(["X-Auth-Request-User", "X-Auth-Request-Groups", "X-Forwarded-User"]),
        );
    });

    test("strips every name that some proxy sets for an identity, and none that a visitor may send", () => {
        const pattern = new RegExp(CLAIMED_PATTERN.replace("(?i)", ""), "i");
        const listed = new Set(CLAIMED_HEADERS.map((name) => name.toLowerCase()));
        const claims = ["Remote-Groups", "Remote-Email", "Remote-Name", "X-WEBAUTH-USER", "X-authentik-entitlements"];
        const more = [
            ...[
                "X-Id-Token",
                "X-Jwt-Assertion",
                "X-Kong-Consumer",
                "X-Permissions",
                "Proxy-Remote-User",
                "Ynh-User-Email",
            ],
            "X-Userinfo",
            "X-Current-User",
            "X-Forwarded-Client-Cert",
            "X-Endpoint-Api-Userinfo",
            "Auth-User",
        ];
        const others = [
            "X-Authenticated-User",
            "X-Forwarded-Groups",
            "Forwarded",
            "Impersonate-User",
            "Oidc-Claim-Sub",
        ];
        for (const name of [...claims, ...more, ...others]) {
            expect([name, listed.has(name.toLowerCase()), pattern.test(name)]).toEqual([name, true, true]);
        }
        for (const name of [
            "X-Acme-User",
            "X-Webauth-Team",
            "Remote-Office",
            "X-Portal-Tenant-Key",
            "X-Org-Id",
            "Shib-Mail",
            "X-Acme-Jwt-Assertion",
            "X-Acme-Permissions",
        ]) {
            expect([name, pattern.test(name)]).toEqual([name, true]);
        }
        for (const name of [
            "Cf-Access-Jwt-Assertion",
            "L5d-Client-Id",
            "Kubeflow-Userid",
            "Persistent-Id",
            "Affiliation",
        ]) {
            expect([name, listed.has(name.toLowerCase())]).toEqual([name, true]);
        }
        // A key that the visitor has, and that the service checks.
        const keys = ["X-Access-Token", "X-Api-Key", "X-Refresh-Token", "Cf-Access-Client-Secret", "Access-Token"];
        const harmless = [
            ...keys,
            "Proxy-Authorization",
            "User-Agent",
            "X-Auth-Token",
            "X-Auth-Key",
            "Authorization",
            "Cookie",
            "X-Requested-With",
        ];
        // The edge sets these itself.
        const own = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-Ip"];
        for (const name of [
            ...harmless,
            ...own,
            "X-Request-Id",
            "X-Csrf-Token",
            "X-Http-Method-Override",
            "X-Vault-Token",
        ]) {
            expect([name, listed.has(name.toLowerCase()), pattern.test(name)]).toEqual([name, false, false]);
        }
        expect(listed.size).toBe(CLAIMED_HEADERS.length);
    });

    test("hands over what it asks with and takes what it may, no more", () => {
        expect(http.middlewares["session"]?.forwardAuth).toEqual({
            address: "http://oauth2-proxy:4180/",
            trustForwardHeader: false,
            authRequestHeaders: ["Accept", "Cookie"],
            authResponseHeaders: [
                "X-Auth-Request-User",
                "X-Auth-Request-Email",
                "X-Auth-Request-Groups",
                "X-Auth-Request-Preferred-Username",
            ],
            authResponseHeadersRegex: CLAIMED_PATTERN,
            addAuthCookiesToResponse: ["__Host-strata", "__Host-strata_0", "__Host-strata_1", "__Host-strata_2"],
            forwardBody: false,
            maxResponseBodySize: 262_144,
        });
        expect(http.middlewares["shop-web-roles"]?.forwardAuth).toMatchObject({
            address: "http://oauth2-proxy:4180/oauth2/auth?allowed_groups=role%3Ashop-user",
        });
    });

    test("leads to the proxy for logins only, and only on protected hosts", () => {
        const login = Object.entries(http.routers).filter(([, { service }]) => service.startsWith("forward-auth"));
        expect(login).toMatchObject([
            ["forward-auth-1", { rule: "Host(`shop.example.com`) && PathPrefix(`/oauth2/`)", entryPoints: ["https"] }],
        ]);
        expect(http.services["forward-auth-1"]).toEqual({
            loadBalancer: { servers: [{ url: "http://oauth2-proxy:4180" }] },
        });
    });

    test("tells requests of a page 401, and asks them for the same session and role", () => {
        expect(http.routers["shop-web-background"]).toMatchObject({
            entryPoints: ["https"],
            rule: expect.stringMatching(/^Host\(`shop\.example\.com`\) && \(HeaderRegexp\(`Sec-Fetch-Mode`/) as string,
            service: "shop-web",
            middlewares: [
                "secure-headers",
                "frames-deny",
                "plain-paths",
                "shop-web-rate-limit",
                "strip-identity",
                "shop-web-roles",
                "compress",
            ],
        });
        expect(http.middlewares["session-or-401"]?.forwardAuth).toMatchObject({
            address: "http://oauth2-proxy:4180/oauth2/auth",
        });
        expect(http.routers).not.toHaveProperty("shop-api-background");
    });

    test("without roles, a page's requests are asked for the session alone", () => {
        const route = { name: "shop-web", auth: true, roles: [] };
        expect(backgroundGuardsOf(platform, route)).toEqual(["strip-identity", "session-or-401"]);
        expect(backgroundGuardsOf(platform, { ...route, roles: ["shop-user"] })).toEqual([
            "strip-identity",
            "shop-web-roles",
        ]);
    });

    test("closes everything of Keycloak but the realm and its pages", () => {
        const rules = Object.values(http.routers)
            .filter(({ service, entryPoints }) => service.startsWith("keycloak") && entryPoints.includes("https"))
            .map(({ rule }) => rule);
        expect(rules).toEqual([
            "Host(`auth.example.com`) && PathPrefix(`/realms/acme/`)",
            "Host(`auth.example.com`) && PathPrefix(`/resources/`)",
        ]);
        expect(http.routers["manage-keycloak"]).toMatchObject({
            entryPoints: ["keycloak"],
            middlewares: ["host-only"],
        });
        const ofKeycloak = http.routers["keycloak-1"]?.middlewares;
        expect(ofKeycloak).toEqual([
            "secure-headers",
            "plain-paths",
            "keycloak-1-rate-limit",
            "strip-identity",
            "compress",
        ]);
    });
});

describe("oauth2-proxy", () => {
    const text = proxyConfiguration(platform.realm!, ["shop.example.com:8443"], "c".repeat(32));

    test("checks the issuer by its public name and fetches everything inside the zone", () => {
        expect(text).toContain('oidc_issuer_url = "https://auth.example.com/realms/acme"\n');
        expect(text).toContain('redeem_url = "http://keycloak:8080/realms/acme/protocol/openid-connect/token"\n');
        expect(text).toContain('code_challenge_method = "S256"\n');
        expect(text).toContain('whitelist_domains = ["shop.example.com:8443"]\n');
    });

    test("has a cookie that belongs to one host and that no script reads", () => {
        for (const line of [
            'cookie_name = "__Host-strata"',
            "cookie_secure = true",
            "cookie_httponly = true",
            'cookie_samesite = "lax"',
            // One cookie for whatever login is begun last: one for each would fill a browser that polls.
            "cookie_csrf_per_request = false",
        ]) {
            expect(text.split("\n")).toContain(line);
        }
        expect(text).not.toContain("cookie_domains");
    });

    test("lets nothing past: no skipped path, no skipped client, no health check by user agent", () => {
        expect(text).not.toMatch(/skip_auth|trusted_ips|ping_user_agent|gcp_healthchecks|htpasswd|insecure_\w+ = true/);
    });
});

describe("Keycloak's configuration", () => {
    const settings: ServerSettings = {
        publicUrl: "https://auth.example.com",
        adminUrl: "http://127.0.0.1:9402",
        trustedProxies: "172.22.8.0/24",
        database: { host: "keycloak-postgres", port: 5432, name: "keycloak_local", user: "keycloak", password: "p4ss" },
        bootstrap: { clientId: "strata-bootstrap", secret: "b00t" },
    };

    test("believes forwarded headers of its zone only, and keeps health and metrics to itself", () => {
        const lines = serverConfiguration(settings).split("\n");
        for (const line of [
            "hostname=https://auth.example.com",
            "hostname-admin=http://127.0.0.1:9402",
            "hostname-strict=true",
            "proxy-headers=xforwarded",
            "proxy-trusted-addresses=172.22.8.0/24",
            "http-management-host=127.0.0.1",
            "cache-embedded-network-bind-address=127.0.0.1",
            "db-url=jdbc:postgresql://keycloak-postgres:5432/keycloak_local",
            "db-password=p4ss",
        ]) {
            expect(lines).toContain(line);
        }
    });
});
