import type { Product } from "../model/product";

/** Services with logins to all of the product's stores. */
const CLIENTS = ["web", "worker"];

/**
 * Order management: a Next.js application, and workers that take jobs from queues in Redis (BullMQ). People upload files to the
 * object store with URLs that the application signs; workers write exports and invoices there.
 */
export const orders = {
    name: "orders",
    description: "Orders, invoices and exports",
    zones: {
        web: { subnet: 31 },
        app: { subnet: 32 },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: 33, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: { orders: { clients: CLIENTS } },
        },
        // BullMQ needs Lua scripts.
        redis: { kind: "redis", zones: ["data"], clients: CLIENTS, scripts: CLIENTS },
        files: {
            kind: "object-store",
            zones: ["data"],
            buckets: {
                uploads: { clients: CLIENTS, presigned: { host: "files.orders" } },
                exports: { clients: CLIENTS, presigned: { host: "files.orders" } },
            },
        },
        worker: {
            kind: "application",
            image: "ghcr.io/sevensa/orders-worker",
            port: 3001,
            zones: ["app", "data"],
            // Chromium prints invoices.
            limits: { memoryMiB: 1024, cpus: 1 },
        },
        web: {
            kind: "application",
            image: "ghcr.io/sevensa/orders-web",
            port: 3000,
            zones: ["web", "app", "data"],
            limits: { memoryMiB: 512 },
            routes: [{ host: "orders" }],
        },
    },
    secrets: [
        { name: "database", engine: "database", path: "orders", rotation: "lease", readers: CLIENTS },
        {
            name: "database-password",
            engine: "kv",
            path: "database/credentials",
            rotation: "manual",
            readers: CLIENTS,
            source: "postgres",
        },
        {
            name: "redis-password",
            engine: "kv",
            path: "database/redis-password",
            rotation: "manual",
            readers: CLIENTS,
            source: "redis",
            perReader: true,
        },
        {
            name: "storage-keys",
            engine: "kv",
            path: "storage/keys",
            rotation: "manual",
            readers: CLIENTS,
            source: "object-store",
            perReader: true,
        },
        {
            name: "session-secret",
            engine: "kv",
            path: "config/session-secret",
            rotation: 180,
            readers: ["web"],
            source: "generated",
        },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["web"],
            source: "client",
        },
        { name: "certificate", engine: "pki", path: "orders", rotation: "lease", readers: ["*"] },
    ],
    // NextAuth's callback for a provider with the name `keycloak`.
    identity: {
        label: "Orders",
        roles: {
            admin: { description: "Administers orders", mfa: true, secrets: true },
            user: { description: "Works on orders" },
        },
        groups: { Administrators: ["admin", "user"], Users: ["user"] },
        callback: "/api/auth/callback/keycloak",
    },
} as const satisfies Product;
