import type { Product } from "../model/product";

/** Origin calculation and customs compliance. The subnets of `app` and `data` are those of requirement B1. */
export const psra = {
    name: "psra",
    description: "Origin calculation and customs compliance",
    zones: {
        // Between the edge, the frontend and the API. The engine is not here, so neither the edge nor the frontend reaches it.
        web: { subnet: 13 },
        app: { subnet: 3 },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: 4, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: { psra: { clients: ["api"] } },
        },
        redis: { kind: "redis", zones: ["data"], clients: ["api", "engine"] },
        engine: {
            kind: "application",
            image: "ghcr.io/sevensa/psra-engine",
            port: 8010,
            zones: ["app", "data"],
        },
        api: {
            kind: "application",
            image: "ghcr.io/sevensa/psra-api",
            port: 8000,
            zones: ["web", "app", "data"],
            calls: ["engine"],
            routes: [{ host: "api.psra" }],
        },
        web: {
            kind: "application",
            image: "ghcr.io/sevensa/psra-web",
            port: 3000,
            zones: ["web"],
            calls: ["api"],
            routes: [{ host: "psra" }],
        },
    },
    // Requirement E4. The partners' keys used to be a file; now Vault keeps them.
    secrets: [
        { name: "database", engine: "database", path: "psra", rotation: "lease", readers: ["api"] },
        {
            name: "database-password",
            engine: "kv",
            path: "database/credentials",
            rotation: "manual",
            readers: ["api"],
            source: "postgres",
        },
        {
            name: "redis-password",
            engine: "kv",
            path: "database/redis-password",
            rotation: "manual",
            readers: ["api", "engine"],
            source: "redis",
            perReader: true,
        },
        { name: "taric-key", engine: "kv", path: "api/keys", rotation: "manual", readers: ["api"] },
        { name: "partner-keys", engine: "kv", path: "api/partner-keys", rotation: "manual", readers: ["api"] },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["web"],
            source: "client",
        },
        {
            name: "jwt-secret",
            engine: "kv",
            path: "config/jwt-secret",
            rotation: 180,
            readers: ["api"],
            source: "generated",
        },
        { name: "transit-key", engine: "transit", path: "psra-key", rotation: "versioned", readers: ["api"] },
        { name: "certificate", engine: "pki", path: "psra", rotation: "lease", readers: ["*"] },
    ],
    identity: {
        label: "PSRA",
        roles: {
            admin: { description: "Administers PSRA", mfa: true, secrets: true },
            user: { description: "Uses PSRA" },
        },
        groups: { Administrators: ["admin", "user"], Users: ["user"] },
    },
} as const satisfies Product;
