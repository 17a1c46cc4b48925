/** What the rules need to know about the Vault provider's resources. */

import type { Properties } from "./properties";

export const APPROLE = "vault:appRole/authBackendRole:AuthBackendRole";
export const OIDC_ROLE = "vault:jwt/authBackendRole:AuthBackendRole";

/**
 * The types that the program may use. Left out on purpose: `vault.Audit` (Vault audits before the program can log in, and one
 * device cannot be declared twice), `vault.Token` (it would be in the state), `kv.SecretV2` (it does not see a value that was
 * changed by hand; `generic.Secret` does). Secret-ids are in the state, encrypted: they end, and are good in one place only
 * (`approle-limits-logins`).
 */
export const KNOWN_VAULT_TYPES: readonly string[] = [
    "vault:index/authBackend:AuthBackend",
    "vault:index/mount:Mount",
    "vault:index/policy:Policy",
    "vault:index/quotaRateLimit:QuotaRateLimit",
    APPROLE,
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
    "vault:database/secretBackendConnection:SecretBackendConnection",
    "vault:database/secretBackendRole:SecretBackendRole",
    "vault:generic/endpoint:Endpoint",
    "vault:generic/secret:Secret",
    "vault:identity/group:Group",
    "vault:identity/groupAlias:GroupAlias",
    "vault:jwt/authBackend:AuthBackend",
    OIDC_ROLE,
    "vault:kv/secretBackendV2:SecretBackendV2",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate",
    "vault:transit/secretBackendKey:SecretBackendKey",
];

/** What is wrong with lives of a login that have no end. @param fields - each in seconds */
export function* boundedLives(properties: Properties, fields: readonly string[]): Iterable<string> {
    for (const field of fields) {
        if ((properties.number(field) ?? 0) <= 0) {
            yield `it sets no limit with \`${field}\`; set it to seconds`;
        }
    }
    if ((properties.number("tokenPeriod") ?? 0) > 0) {
        yield "its tokens can be renewed for ever; set `tokenPeriod` to 0";
    }
}

/**
 * What is wrong with a login that is good from anywhere.
 *
 * @param fields - lists of ranges (CIDR)
 * @param accepted - what they should be, for the message
 */
export function* boundedNetworks(
    properties: Properties,
    fields: readonly string[],
    accepted: string,
): Iterable<string> {
    for (const field of fields) {
        const ranges = [...properties.texts(field)];
        if (ranges.length === 0 || ranges.some((range) => /\/0$/.test(range))) {
            yield `it is good from anywhere; set \`${field}\` to ${accepted}`;
        }
    }
}
