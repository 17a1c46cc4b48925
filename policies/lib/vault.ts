/** What the rules need to know about the Vault provider's resources. */

export const APPROLE = "vault:appRole/authBackendRole:AuthBackendRole";

/**
 * The types that the program may use. Left out on purpose: `vault.Audit` (Vault audits before the program can log in, and one
 * device cannot be declared twice), `vault.Token` and secret-ids (they would be in the state), `kv.SecretV2` (it
 * does not see a value that was changed by hand; `generic.Secret` does).
 */
export const KNOWN_VAULT_TYPES: readonly string[] = [
    "vault:index/authBackend:AuthBackend",
    "vault:index/mount:Mount",
    "vault:index/policy:Policy",
    "vault:index/quotaRateLimit:QuotaRateLimit",
    APPROLE,
    "vault:database/secretBackendConnection:SecretBackendConnection",
    "vault:database/secretBackendRole:SecretBackendRole",
    "vault:generic/endpoint:Endpoint",
    "vault:generic/secret:Secret",
    "vault:identity/group:Group",
    "vault:identity/groupAlias:GroupAlias",
    "vault:jwt/authBackend:AuthBackend",
    "vault:jwt/authBackendRole:AuthBackendRole",
    "vault:kv/secretBackendV2:SecretBackendV2",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate",
    "vault:transit/secretBackendKey:SecretBackendKey",
];
