import { KEYCLOAK } from "./keycloak/kind";
import { OAUTH2_PROXY } from "./oauth2-proxy/kind";
import type { SecretDeclaration } from "../../model/secrets/secret";

/**
 * Secrets that belong to no product (requirement E4). Readers are services of the platform by name, or of a product as
 * `ai/n8n`. Readers that a stack does not have are left out. Services of the platform have no agent: the program gives them
 * the values of their secrets, and none of them connects to Vault. Monitoring does not exist yet, so these secrets have no
 * reader for it.
 */
export const PLATFORM_SECRETS: readonly SecretDeclaration[] = [
    // For every application, and for Keycloak, which sends mail to people.
    { name: "smtp", engine: "kv", path: "shared/smtp/credentials", rotation: "manual", readers: ["*", KEYCLOAK] },
    { name: "slack-webhook", engine: "kv", path: "shared/api/slack-webhook", rotation: "manual", readers: ["ai/n8n"] },
    {
        name: "keycloak-database",
        engine: "kv",
        path: "shared/database/keycloak-credentials",
        rotation: "manual",
        readers: [KEYCLOAK],
        source: "postgres",
    },
    // No service reads it at run time: the program configures Keycloak with a login of its own.
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
