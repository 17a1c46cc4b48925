import type { Product } from "../model/product";

/** Clients of the database `ai`. n8n has a database of its own. */
const CLIENTS = ["claude-chat", "trading-dashboard"];

/** APIs of language models, on port 443. */
const OPENAI = { host: "api.openai.com" };
const ANTHROPIC = { host: "api.anthropic.com" };
const GOOGLE = { host: "generativelanguage.googleapis.com" };

/** Where n8n's workflows send their messages. The documents name no mail server; this is the company's. */
const SLACK = { host: "hooks.slack.com" };
const MAIL = { host: "smtp.sevensa.nl", port: 587 };

/**
 * Automation and language models. The subnet of `app` comes from requirement B1. This file chooses the other subnets, and
 * the ports of programs without a usual port. Each service reaches the APIs whose keys it may read, and no others.
 */
export const ai: Product = {
    name: "ai",
    description: "Workflow automation and language models",
    zones: {
        // Between the edge and n8n, the only service here with a route.
        web: { subnet: 17 },
        // One network for all applications. Only n8n calls the others, but on this network they could also call each other.
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
        langgraph: {
            kind: "application",
            image: "ghcr.io/sevensa/ai-langgraph",
            port: 8000,
            zones: ["app", "data"],
            egress: [OPENAI],
        },
        "claude-chat": {
            kind: "application",
            image: "ghcr.io/sevensa/ai-claude-chat",
            port: 3000,
            zones: ["app", "data"],
            egress: [ANTHROPIC],
        },
        "trading-dashboard": {
            kind: "application",
            image: "ghcr.io/sevensa/ai-trading-dashboard",
            port: 3001,
            zones: ["app", "data"],
            egress: [GOOGLE],
        },
        n8n: {
            kind: "application",
            image: "docker.io/n8nio/n8n",
            port: 5678,
            zones: ["web", "app", "data"],
            calls: ["langgraph", "claude-chat"],
            routes: [{ host: "n8n.ai" }],
            egress: [OPENAI, ANTHROPIC, SLACK, MAIL],
        },
    },
    // Requirement E4. Redis and the product's client have no row there.
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
    // Without roles, every person in the realm may log in. The platform's administrators set the keys.
    identity: { label: "AI", roles: {}, groups: {}, host: "n8n.ai", callback: "/rest/sso/oidc/callback" },
};
