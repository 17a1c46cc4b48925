import { KEYCLOAK } from "../../components/identity/keycloak/kind";
import { OAUTH2_PROXY } from "../../components/identity/oauth2-proxy/kind";
import type { SecretDeclaration } from "./secret";

/**
 * Secrets that belong to no product (S1: namespace `sevensa`). Readers are services of the platform by name, or a product's as
 * `ai/n8n`; those that a stack does not have are left out. Services of the platform have no agent: the program hands them what
 * they read here, and none of them meets Vault. Monitoring does not exist yet, so these secrets have no reader for it.
 */
export const PLATFORM_SECRETS: readonly SecretDeclaration[] = [
    // S1: all services, and Keycloak, which sends mail to people.
    { name: "smtp", engine: "kv", path: "shared/smtp/credentials", rotation: "manual", readers: ["*", KEYCLOAK] },
    // S1: monitoring and n8n.
    { name: "slack-webhook", engine: "kv", path: "shared/api/slack-webhook", rotation: "manual", readers: ["ai/n8n"] },
    {
        name: "keycloak-database",
        engine: "kv",
        path: "shared/database/keycloak-credentials",
        rotation: "manual",
        readers: [KEYCLOAK],
        source: "postgres",
    },
    // S1 has these two in .env files. S1's reader of the first is Keycloak's set-up; here that is the program, with a login of its own.
    { name: "keycloak-admin", engine: "kv", path: "shared/keycloak/admin", rotation: 90, readers: [] },
    {
        name: "oauth2-proxy",
        engine: "kv",
        path: "shared/oauth2-proxy/secret",
        rotation: 90,
        readers: [OAUTH2_PROXY],
        source: "client",
    },
];
