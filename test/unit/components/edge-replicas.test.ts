/** What the edge is told about a service with several containers. */

import type { EdgeSettings } from "../../../components/edge/traefik/kind";
import { EDGE } from "../../../components/edge/traefik/kind";
import { dynamicConfiguration } from "../../../components/edge/traefik/dynamic";
import type { Product } from "../../../model/product";
import { resolve, shop, withService } from "../model/fixtures";

const settings: EdgeSettings = { trustedProxies: [], requestTimeout: 600 };

interface Dynamic {
    readonly http: {
        readonly routers: Readonly<Record<string, { readonly service: string; readonly middlewares: string[] }>>;
        readonly services: Readonly<Record<string, object>>;
        readonly middlewares: Readonly<Record<string, object>>;
    };
}

function edgeOf(product: Product): Dynamic["http"] {
    const platform = resolve([product]);
    const edge = platform.services.find(({ name }) => name === EDGE)!;
    return (dynamicConfiguration(platform, edge, "172.22.0.1", settings) as Dynamic).http;
}

const servers = ["local-shop-api", "local-shop-api-2", "local-shop-api-3"].map((host) => ({
    url: `http://${host}:8000`,
}));

test("requests go to replicas that say that they take some, and to all of them while none does", () => {
    const { services, routers } = edgeOf(withService("api", { replicas: 3 }));
    expect(routers["shop-api"]?.service).toBe("shop-api");
    expect(services).toMatchObject({
        "shop-api": { failover: { service: "shop-api.ready", fallback: "shop-api.any" } },
        "shop-api.ready": {
            loadBalancer: {
                servers,
                healthCheck: { path: "/healthz", interval: "1s", timeout: "1s", followRedirects: false },
            },
        },
    });
    expect(services["shop-api.any"]).toEqual({ loadBalancer: { servers } });
});

test("a request that could not be sent is sent to another replica: the last that is done with it", () => {
    const { routers, middlewares } = edgeOf(withService("api", { replicas: 3 }));
    expect(routers["shop-api"]?.middlewares.slice(-2)).toEqual(["compress", "retry"]);
    // Statuses would have a request that was answered sent again.
    expect(middlewares["retry"]).toEqual({ retry: { attempts: 3, initialInterval: "100ms" } });
    expect(routers["shop-web"]?.middlewares).not.toContain("retry");
});

test("all routes of a service lead to the same replicas, which are asked once", () => {
    const routes = [{ host: "api.shop" }, { host: "api.shop", path: "/v1" }];
    const { services } = edgeOf(withService("api", { replicas: 3, routes }));
    expect(Object.keys(services).filter((name) => name.startsWith("shop-api"))).toEqual([
        "shop-api-1",
        "shop-api.ready",
        "shop-api.any",
        "shop-api-2",
    ]);
    expect(services["shop-api-1"]).toEqual(services["shop-api-2"]);
});

test("without replicas there is nothing of all this", () => {
    const { services, middlewares, routers } = edgeOf(shop);
    expect(JSON.stringify([services, routers])).not.toMatch(/retry|failover|healthCheck/);
    expect(middlewares).not.toHaveProperty("retry");
    expect(services["shop-api"]).toEqual({ loadBalancer: { servers: [{ url: "http://shop-api:8000" }] } });
});
