/** What the rules need to know about the Vault provider's resources. */

export const APPROLE = "vault:appRole/authBackendRole:AuthBackendRole";

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
    "vault:kv/secretBackendV2:SecretBackendV2",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate",
    "vault:transit/secretBackendKey:SecretBackendKey",
];
