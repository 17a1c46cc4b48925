import type { Application, Product, ProductRoute } from "../model/product";

const REGISTRY = "ghcr.io/bizoholic-digital";

/** A frontend serves browsers and calls the gateway, nothing else (requirement B4). */
function frontend(name: string, port: number, route: ProductRoute): Application {
    return {
        kind: "application",
        image: `${REGISTRY}/bizosaas-${name}`,
        port,
        zones: ["web"],
        calls: ["brain-gateway"],
        routes: [route],
    };
}

/** A backend has no route and is not in the web zone: only the gateway brings requests to it (requirement B4). */
function backend(name: string, port: number): Application {
    return { kind: "application", image: `${REGISTRY}/bizosaas-${name}`, port, zones: ["app", "data"] };
}

/** Ports are the programs' own. */
const BACKENDS = {
    saleor: backend("saleor", 8000),
    "wagtail-cms": backend("wagtail-cms", 8002),
    "django-crm": backend("django-crm", 8003),
    "business-directory": backend("business-directory", 8004),
    "coreldove-backend": backend("coreldove-backend", 8005),
    notification: backend("notification", 8006),
    "auth-service": backend("auth-service", 8007),
    "ai-agents": backend("ai-agents", 8008),
    "amazon-sourcing": backend("amazon-sourcing", 8009),
    "quanttrade-backend": backend("quanttrade-backend", 8012),
};
const BACKEND_NAMES = Object.keys(BACKENDS);

/** Clients of the database `bizosaas`. Saleor has a database of its own. */
const CLIENTS = ["brain-gateway", ...BACKEND_NAMES.filter((name) => name !== "saleor")];

/** Marketing, commerce and analytics behind one gateway. */
export const bizosaas: Product = {
    name: "bizosaas",
    description: "Marketing, commerce and analytics behind the Brain gateway",
    zones: {
        // The edge, the frontends and the gateway. Frontends can reach each other, because a network for each would cost
        // seven networks. Frontends cannot reach a backend.
        web: { subnet: 30, peers: true },
        // Backends can reach each other, so each backend checks that a request comes from the gateway. The network keeps
        // all other services out.
        app: { subnet: 20, peers: true },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: 21, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: {
                bizosaas: {
                    clients: CLIENTS,
                    extensions: ["vector"],
                },
                saleor: { clients: ["saleor"] },
            },
        },
        redis: { kind: "redis", zones: ["data"], clients: ["brain-gateway", ...BACKEND_NAMES] },
        "brain-gateway": {
            kind: "application",
            image: `${REGISTRY}/bizosaas-brain-gateway`,
            port: 8001,
            zones: ["web", "app", "data"],
            calls: BACKEND_NAMES,
            startsBefore: BACKEND_NAMES,
            routes: [{ host: "api.bizosaas" }],
        },
        ...BACKENDS,
        "bizoholic-frontend": frontend("bizoholic-frontend", 3000, { host: "bizoholic" }),
        "coreldove-frontend": frontend("coreldove-frontend", 3002, { host: "coreldove" }),
        "thrillring-gaming": frontend("thrillring-gaming", 3000, { host: "thrillring" }),
        "quanttrade-frontend": frontend("quanttrade-frontend", 3012, { host: "quanttrade" }),
        "client-portal": frontend("client-portal", 3001, {}),
        "admin-dashboard": frontend("admin-dashboard", 3009, { host: "admin.bizosaas" }),
        // Port 3004 matches the backend's port 8004.
        "business-directory-frontend": frontend("business-directory-frontend", 3004, { host: "directory.bizosaas" }),
    },
    // Requirement D2: every backend.
    workflows: { clients: ["brain-gateway", ...BACKEND_NAMES] },
    // Follows the rows of requirement E4 for the same stores of other products.
    secrets: [
        { name: "database", engine: "database", path: "bizosaas", rotation: "lease", readers: CLIENTS },
        { name: "saleor-database", engine: "database", path: "saleor", rotation: "lease", readers: ["saleor"] },
        {
            name: "redis-password",
            engine: "kv",
            path: "database/redis-password",
            rotation: "manual",
            readers: ["brain-gateway", ...BACKEND_NAMES],
            source: "redis",
            perReader: true,
        },
        { name: "certificate", engine: "pki", path: "bizosaas", rotation: "lease", readers: ["*"] },
    ],
};
