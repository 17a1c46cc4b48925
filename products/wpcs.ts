import type { Product } from "../model/product";

/**
 * WordPress consulting (S1). S1 has no subnets for it: these are the first free ones after its own. Its MySQL is not here, because
 * the platform has no such store yet (requirement C3); it will be in a data zone, 16.
 */
export const wpcs = {
    name: "wpcs",
    description: "WordPress consulting",
    zones: {
        web: { subnet: 15 },
        app: { subnet: 14 },
    },
    services: {
        api: { kind: "application", image: "ghcr.io/sevensa/wpcs-api", port: 8000, zones: ["app"] },
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
    // S1's secrets matrix; it has no row for the secret of the product's client.
    secrets: [
        { name: "database-password", engine: "kv", path: "database/credentials", rotation: "manual", readers: ["api"] },
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
    // S1 has a client and neither roles nor groups.
    identity: { label: "WPCS", roles: {}, groups: {} },
} as const satisfies Product;
