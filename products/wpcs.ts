import type { Product } from "../model/product";

/**
 * WordPress consulting. Requirement B1 has no subnets for this product: these are the first free ones. MariaDB replaces
 * MySQL; WordPress supports both.
 */
export const wpcs = {
    name: "wpcs",
    description: "WordPress consulting",
    zones: {
        web: { subnet: 15 },
        app: { subnet: 14 },
        data: { subnet: 16 },
    },
    services: {
        mariadb: {
            kind: "mariadb",
            zones: ["data"],
            databases: { wpcs: { clients: ["api"] } },
        },
        api: { kind: "application", image: "ghcr.io/sevensa/wpcs-api", port: 8000, zones: ["app", "data"] },
        web: {
            kind: "application",
            image: "ghcr.io/sevensa/wpcs-web",
            port: 3000,
            zones: ["web", "app"],
            calls: ["api"],
            // WordPress shows its own pages in a frame, in the customizer.
            routes: [{ host: "wpcs", frames: "same-origin" }],
        },
    },
    // Requirement E4. The product's client has no row there.
    secrets: [
        { name: "database", engine: "database", path: "wpcs", rotation: "lease", readers: ["api"] },
        {
            name: "database-password",
            engine: "kv",
            path: "database/credentials",
            rotation: "manual",
            readers: ["api"],
            source: "mariadb",
        },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["web"],
            source: "client",
        },
        { name: "certificate", engine: "pki", path: "wpcs", rotation: "lease", readers: ["*"] },
    ],
    // Without roles, every person in the realm may log in.
    identity: { label: "WPCS", roles: {}, groups: {} },
} as const satisfies Product;
