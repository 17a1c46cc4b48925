import type { Product } from "../model/product";

/** Property management (S1). Zones and stores are S1's: rentguy-net 172.20.1, rentguy-db-net 172.20.2. */
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
    identity: {
        label: "RentGuy",
        roles: {
            admin: { description: "Administers RentGuy", mfa: true },
            user: { description: "Uses RentGuy" },
        },
        groups: { Administrators: ["admin", "user"] },
    },
} as const satisfies Product;
