import type { SecretDeclaration } from "./secret";

/**
 * Secrets that belong to no product (S1: namespace `sevensa`). Readers that are not built yet are missing: nobody can read
 * what nobody is declared to.
 */
export const PLATFORM_SECRETS: readonly SecretDeclaration[] = [
    // S1: all services.
    { name: "smtp", engine: "kv", path: "shared/smtp/credentials", rotation: "manual", readers: ["*"] },
    // S1: monitoring and n8n.
    { name: "slack-webhook", engine: "kv", path: "shared/api/slack-webhook", rotation: "manual", readers: [] },
    // S1: Keycloak.
    {
        name: "keycloak-database",
        engine: "kv",
        path: "shared/database/keycloak-credentials",
        rotation: "manual",
        readers: [],
    },
    // S1 has these two in .env files.
    { name: "keycloak-admin", engine: "kv", path: "shared/keycloak/admin", rotation: 90, readers: [] },
    { name: "oauth2-proxy", engine: "kv", path: "shared/oauth2-proxy/secret", rotation: 90, readers: [] },
];
