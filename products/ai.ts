import type { Product } from "../model/product";

/** Who uses the product's Postgres: n8n has a database of its own. */
const CLIENTS = ["claude-chat", "trading-dashboard"];

/**
 * Automation and language models (S1). The app zone is S1's: ai-net x.y.7; for the others, and for ports where a program has
 * none of its own, S1 has no numbers. The models' own APIs are outside, where no zone of a product leads: see requirement B1.
 */
export const ai: Product = {
    name: "ai",
    description: "Workflow automation and language models",
    zones: {
        // Between the edge and n8n, the only one of these services that S1 gives a route.
        web: { subnet: 17 },
        // S1 has them on one network. Only n8n calls the others; the others could call each other.
        app: { subnet: 7, peers: true },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: 18, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: { ai: { clients: CLIENTS }, n8n: { clients: ["n8n"] } },
        },
        redis: { kind: "redis", zones: ["data"], clients: ["langgraph"] },
        langgraph: { kind: "application", image: "ghcr.io/sevensa/ai-langgraph", port: 8000, zones: ["app", "data"] },
        "claude-chat": {
            kind: "application",
            image: "ghcr.io/sevensa/ai-claude-chat",
            port: 3000,
            zones: ["app", "data"],
        },
        "trading-dashboard": {
            kind: "application",
            image: "ghcr.io/sevensa/ai-trading-dashboard",
            port: 3001,
            zones: ["app", "data"],
        },
        n8n: {
            kind: "application",
            image: "docker.io/n8nio/n8n",
            port: 5678,
            zones: ["web", "app", "data"],
            calls: ["langgraph", "claude-chat"],
            routes: [{ host: "n8n.ai" }],
        },
    },
    // S1's secrets matrix. Its access matrix adds n8n to the readers of Anthropic's key; its inventory has no row for Redis, nor
    // for the secret of the product's client.
    secrets: [
        { name: "database", engine: "database", path: "ai", rotation: "lease", readers: CLIENTS },
        { name: "n8n-database", engine: "database", path: "n8n", rotation: "lease", readers: ["n8n"] },
        {
            name: "database-password",
            engine: "kv",
            path: "database/credentials",
            rotation: "manual",
            readers: [...CLIENTS, "n8n"],
            source: "postgres",
            perReader: true,
        },
        {
            name: "redis-password",
            engine: "kv",
            path: "database/redis-password",
            rotation: "manual",
            readers: ["langgraph"],
            source: "redis",
            perReader: true,
        },
        { name: "openai-key", engine: "kv", path: "api-keys/openai", rotation: 90, readers: ["langgraph", "n8n"] },
        {
            name: "anthropic-key",
            engine: "kv",
            path: "api-keys/anthropic",
            rotation: 90,
            readers: ["claude-chat", "n8n"],
        },
        { name: "google-key", engine: "kv", path: "api-keys/google", rotation: 90, readers: ["trading-dashboard"] },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["n8n"],
            source: "client",
        },
        { name: "certificate", engine: "pki", path: "ai", rotation: "lease", readers: ["*"] },
    ],
    // S1 has a client and neither roles nor groups: whoever is in the realm may log in, and the platform's administrators set the keys.
    identity: { label: "AI", roles: {}, groups: {}, host: "n8n.ai", callback: "/rest/sso/oidc/callback" },
};
