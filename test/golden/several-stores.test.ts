/** A client of several stores of a kind: what the program writes into Vault for each of its secrets, and what it is told. */

import type { Product } from "../../model/product";
import { CONTAINER } from "../support/stack";
import { collectProduct } from "../support/product-program";
import { type Program, Secret } from "../support/program";

const peers = { kind: "application", image: "ghcr.io/acme/x", port: 8000 } as const;
const login = { engine: "kv", rotation: "manual", perReader: true } as const;
const shop: Product = {
    name: "shop",
    description: "One worker on two Redis servers and two databases",
    zones: { app: { subnet: 41 }, data: { subnet: 42, peers: true } },
    services: {
        db: {
            kind: "postgres",
            zones: ["data"],
            databases: { shop: { clients: ["worker"] }, log: { clients: ["worker"] } },
        },
        cache: { kind: "redis", zones: ["data"], clients: ["worker"] },
        queue: { kind: "redis", zones: ["data"], clients: ["worker"] },
        worker: { ...peers, zones: ["app", "data"] },
    },
    secrets: [
        ...(["cache", "queue"] as const).map((store) => ({
            ...login,
            name: `${store}-login`,
            path: `redis/${store}`,
            readers: ["worker"],
            source: "redis" as const,
            store,
        })),
        ...(["shop", "log"] as const).map((store) => ({
            ...login,
            name: `${store}-login`,
            path: `postgres/${store}`,
            readers: ["worker"],
            source: "postgres" as const,
            store,
        })),
    ],
};

const program = (): Promise<Program> => collectProduct(shop);

function settings({ resources }: Program): string[] {
    const worker = resources.find(({ type, inputs }) => type === CONTAINER && inputs["name"] === "local-shop-worker");
    return (worker?.inputs["envs"] as string[]).filter((line) => line.includes("_URL_FILE="));
}

test("each secret holds the URL of its own store", async () => {
    const made = await program();
    const urls = made.resources.flatMap(({ type, inputs }) => {
        const data = inputs["dataJson"];
        const path = inputs["path"] as string;
        return type === "vault:generic/secret:Secret" && path.startsWith("shop/") && data instanceof Secret
            ? [[path, (JSON.parse(data.value as string) as { url: string }).url.replace(/:[^:@]*@/, "@")]]
            : [];
    });
    expect(Object.fromEntries(urls)).toEqual({
        "shop/kv/redis/cache/worker": "redis://worker@shop-cache:6379/0",
        "shop/kv/redis/queue/worker": "redis://worker@shop-queue:6379/0",
        "shop/kv/postgres/shop/worker": "postgresql://shop@shop-db:5432/shop_local",
        "shop/kv/postgres/log/worker": "postgresql://log@shop-db:5432/log_local",
    });
    expect(settings(made)).toEqual([
        "POSTGRES_LOG_URL_FILE=/run/secrets/postgres-log-login",
        "POSTGRES_SHOP_URL_FILE=/run/secrets/postgres-shop-login",
        "REDIS_CACHE_URL_FILE=/run/secrets/redis-cache-login",
        "REDIS_QUEUE_URL_FILE=/run/secrets/redis-queue-login",
    ]);
});
