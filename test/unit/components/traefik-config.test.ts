import type { EdgeSettings } from "../../../components/edge/traefik/kind";
import { dynamicConfiguration } from "../../../components/edge/traefik/dynamic";
import { staticConfiguration } from "../../../components/edge/traefik/static";
import type { Route } from "../../../model/platform";
import { EDGE } from "../../../components/edge/traefik/kind";
import { resolve } from "../model/fixtures";

const platform = resolve();
const edge = platform.services.find(({ name }) => name === EDGE)!;
const gateway = "172.22.0.1";
const own: EdgeSettings = { trustedProxies: [], requestTimeout: 600 };
const acme: EdgeSettings = {
    acme: { email: "ops@example.com", directory: "https://acme.example.com/directory" },
    trustedProxies: ["203.0.113.0/24", "2001:db8::/32"],
    requestTimeout: 60,
};

interface Dynamic {
    http: {
        routers: Record<
            string,
            { entryPoints: string[]; rule: string; service: string; middlewares: string[]; tls?: object }
        >;
        services: Record<string, { loadBalancer: { servers: { url: string }[] } }>;
        middlewares: Record<string, object>;
    };
    tls: object;
}
const dynamic = (settings: EdgeSettings): Dynamic => dynamicConfiguration(platform, edge, gateway, settings) as Dynamic;

describe("static configuration", () => {
    test("plain HTTP leads to HTTPS on the published port", () => {
        expect(staticConfiguration(edge, own)).toMatchObject({
            entryPoints: {
                http: {
                    address: ":8080",
                    http: { redirections: { entryPoint: { to: ":443", scheme: "https", permanent: true } } },
                },
                https: { address: ":8443", http: { tls: {} } },
            },
        });
    });

    test("only a file provider: Traefik never talks to the engine", () => {
        expect(staticConfiguration(edge, own)).toMatchObject({
            providers: { file: { directory: "/etc/strata/dynamic", watch: true } },
        });
        expect(JSON.stringify(staticConfiguration(edge, own))).not.toContain("docker");
    });

    test("ACME brings a resolver and trusted proxies are believed", () => {
        const configuration = staticConfiguration(edge, acme);
        expect(configuration).toMatchObject({
            certificatesResolvers: {
                acme: { acme: { email: "ops@example.com", caServer: "https://acme.example.com/directory" } },
            },
            entryPoints: {
                http: { forwardedHeaders: { trustedIPs: ["203.0.113.0/24", "2001:db8::/32"] } },
                https: {
                    http: { tls: { certResolver: "acme" } },
                    forwardedHeaders: { trustedIPs: ["203.0.113.0/24", "2001:db8::/32"] },
                },
            },
        });
        expect(staticConfiguration(edge, own)).not.toHaveProperty("certificatesResolvers");
    });

    test("every entry point deletes headers with another spelling, whatever layers there are", () => {
        const { entryPoints } = staticConfiguration(edge, own) as { entryPoints: Record<string, { http?: object }> };
        expect(Object.keys(entryPoints)).toEqual(["http", "https", "ping", "traefik", "vault"]);
        for (const { http } of Object.values(entryPoints))
            expect(http).toMatchObject({ aliasHeadersStrategy: "delete" });
    });

    test("a request has the time that the stack gives it, an answer has no limit", () => {
        expect(staticConfiguration(edge, own)).toMatchObject({
            entryPoints: { https: { transport: { respondingTimeouts: { readTimeout: "600s", writeTimeout: "0s" } } } },
        });
        expect(staticConfiguration(edge, acme)).toMatchObject({
            entryPoints: { https: { transport: { respondingTimeouts: { readTimeout: "60s" } } } },
        });
    });

    test("the access log keeps neither headers nor query strings", () => {
        expect(staticConfiguration(edge, own)).toMatchObject({
            accessLog: {
                fields: { headers: { defaultMode: "drop" }, names: { RequestPath: "drop", RequestLine: "drop" } },
            },
        });
    });
});

describe("dynamic configuration", () => {
    test("one router, one service and one rate limit for each declared route", () => {
        const { routers, services, middlewares } = dynamic(own).http;
        expect(routers["shop-api"]).toEqual({
            entryPoints: ["https"],
            rule: "Host(`api.shop.example.com`) && (Path(`/v1`) || PathPrefix(`/v1/`))",
            priority: 40,
            service: "shop-api",
            middlewares: [
                "secure-headers",
                "frames-deny",
                "plain-paths",
                "shop-api-rate-limit",
                "strip-identity",
                "compress",
            ],
            tls: {},
        });
        expect(services["shop-api"]).toEqual({ loadBalancer: { servers: [{ url: "http://shop-api:8000" }] } });
        expect(middlewares["shop-api-rate-limit"]).toEqual({
            rateLimit: {
                average: 20,
                burst: 40,
                period: "1s",
                sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } },
            },
        });
    });

    test("behind proxies, rate limits count the address before theirs", () => {
        expect(dynamic(acme).http.middlewares["shop-api-rate-limit"]).toMatchObject({
            rateLimit: { sourceCriterion: { ipStrategy: { excludedIPs: acme.trustedProxies } } },
        });
    });

    test("frames and encoded characters are the route's", () => {
        const [route] = platform.services.find(({ name }) => name === "shop-web")!.routes;
        const middlewaresOf = (changes: Partial<Route>): string[] => {
            const services = platform.services.map((service) =>
                service.name === "shop-web" ? { ...service, routes: [{ ...route!, ...changes }] } : service,
            );
            const { http } = dynamicConfiguration({ ...platform, services }, edge, gateway, own) as Dynamic;
            return http.routers["shop-web"]!.middlewares;
        };
        expect(middlewaresOf({ frames: "same-origin" })).toContain("frames-same-origin");
        expect(middlewaresOf({ frames: "own" }).filter((it) => it.startsWith("frames"))).toEqual([]);
        expect(middlewaresOf({ encodedCharacters: true })).not.toContain("plain-paths");
        const { middlewares } = dynamic(own).http;
        expect(middlewares["frames-same-origin"]).toEqual({ headers: { customFrameOptionsValue: "SAMEORIGIN" } });
        expect(Object.values((middlewares["plain-paths"] as { encodedCharacters: object }).encodedCharacters)).toEqual(
            Array(7).fill(false),
        );
    });

    test("what is set on every route replaces no header that only the service can choose", () => {
        const { headers } = dynamic(own).http.middlewares["secure-headers"] as { headers: object };
        expect(Object.keys(headers)).toEqual([
            "stsSeconds",
            "stsIncludeSubdomains",
            "contentTypeNosniff",
            "customResponseHeaders",
        ]);
    });

    test("a path is whole segments: the rule of /v1 does not match /v10", () => {
        const { routers } = dynamic(own).http;
        const [, exact, below] = /Path\(`(.*?)`\) \|\| PathPrefix\(`(.*?)`\)/.exec(routers["shop-api"]!.rule)!;
        const matches = (path: string): boolean => path === exact || path.startsWith(below!);
        expect(["/v1", "/v1/", "/v1/x", "/v10", "/v1x", "/V1"].map(matches)).toEqual([
            true,
            true,
            true,
            false,
            false,
            false,
        ]);
        expect(routers["shop-web"]?.rule).toBe("Host(`shop.example.com`)");
    });

    test("whatever is not a public route answers the host only", () => {
        const { routers, middlewares } = dynamic(own).http;
        const management = Object.entries(routers).filter(([, router]) => !router.entryPoints.includes("https"));
        expect(management.map(([name, router]) => [name, router.entryPoints, router.middlewares])).toEqual([
            ["manage-vault", ["vault"], ["host-only"]],
            ["dashboard", ["traefik"], ["host-only"]],
            ["metrics", ["traefik"], ["host-only"]],
        ]);
        expect(middlewares["host-only"]).toEqual({ ipAllowList: { sourceRange: ["172.22.0.1/32"] } });
        // A page of another name that leads to this machine is not answered.
        for (const [, { rule }] of management)
            expect(rule).toMatch(/^\(Host\(`127\.0\.0\.1`\) \|\| Host\(`localhost`\)\)/);
    });

    test("the own certificate is the default one, and none is named with ACME", () => {
        expect(dynamic(own).tls).toMatchObject({
            stores: { default: { defaultCertificate: { keyFile: "/etc/strata/secrets/key.pem" } } },
        });
        expect(dynamic(acme).tls).not.toHaveProperty("stores");
        expect(dynamic(acme).http.routers["shop-api"]).toMatchObject({ tls: { certResolver: "acme" } });
    });
});
