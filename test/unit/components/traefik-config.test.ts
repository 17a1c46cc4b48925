import { dynamicConfiguration, type EdgeSettings, staticConfiguration } from "../../../components/edge/traefik-config";
import { EDGE } from "../../../model/platform-services";
import { resolvePlatform } from "../../../model/resolve";
import { configOf, shop } from "../model/fixtures";

const platform = resolvePlatform({ environment: "local", config: configOf(), products: [shop] });
const edge = platform.services.find(({ name }) => name === EDGE)!;
const gateway = "172.22.0.1";
const own: EdgeSettings = { trustedProxies: [] };
const acme: EdgeSettings = {
    acme: { email: "ops@example.com", directory: "https://acme.example.com/directory" },
    trustedProxies: ["203.0.113.0/24"],
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
                http: { forwardedHeaders: { trustedIPs: ["203.0.113.0/24"] } },
                https: {
                    http: { tls: { certResolver: "acme" } },
                    forwardedHeaders: { trustedIPs: ["203.0.113.0/24"] },
                },
            },
        });
        expect(staticConfiguration(edge, own)).not.toHaveProperty("certificatesResolvers");
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
            service: "shop-api",
            middlewares: ["secure-headers", "shop-api-rate-limit", "compress"],
            tls: {},
        });
        expect(services["shop-api"]).toEqual({ loadBalancer: { servers: [{ url: "http://shop-api:8000" }] } });
        expect(middlewares["shop-api-rate-limit"]).toEqual({ rateLimit: { average: 20, burst: 40, period: "1s" } });
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
    });

    test("the own certificate is the default one, and none is named with ACME", () => {
        expect(dynamic(own).tls).toMatchObject({
            stores: { default: { defaultCertificate: { keyFile: "/etc/strata/secrets/key.pem" } } },
        });
        expect(dynamic(acme).tls).not.toHaveProperty("stores");
        expect(dynamic(acme).http.routers["shop-api"]).toMatchObject({ tls: { certResolver: "acme" } });
    });
});
