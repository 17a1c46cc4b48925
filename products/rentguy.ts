import type { Product } from "../model/product";

/** Property management. The subnets of `app` and `data` are those of requirement B1. */
export const rentguy = {
    name: "rentguy",
    description: "Property management",
    zones: {
        web: { subnet: 11 },
        app: { subnet: 1 },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: 2, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: { rentguy: { clients: ["api"] } },
        },
        redis: { kind: "redis", zones: ["data"], clients: ["api"] },
        api: {
            kind: "application",
            image: "ghcr.io/sevensa/rentguy-api",
            port: 8000,
            zones: ["web", "app", "data"],
            routes: [{ host: "api.rentguy" }],
        },
        web: {
            kind: "application",
            image: "ghcr.io/sevensa/rentguy-web",
            port: 3000,
            zones: ["web", "app"],
            calls: ["api"],
            routes: [{ host: "rentguy" }],
        },
    },
    // Requirement E4.
    secrets: [
        { name: "database", engine: "database", path: "rentguy", rotation: "lease", readers: ["api"] },
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
            readers: ["api"],
            source: "redis",
            perReader: true,
        },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["web"],
            source: "client",
        },
        { name: "transit-key", engine: "transit", path: "rentguy-key", rotation: "versioned", readers: ["api"] },
        { name: "certificate", engine: "pki", path: "rentguy", rotation: "lease", readers: ["*"] },
    ],
    identity: {
        label: "RentGuy",
        roles: {
            admin: { description: "Administers RentGuy", mfa: true, secrets: true },
            user: { description: "Uses RentGuy" },
        },
        groups: { Administrators: ["admin", "user"] },
    },
} as const satisfies Product;
