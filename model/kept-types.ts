/**
 * Types of resources inside servers that hold what people or services wrote: deleting or replacing one deletes that. Volumes that
 * hold data say so in a label (`names.ts`). Components keep these (`components/lib/keep.ts`), the rule `data-is-protected` checks
 * it, and the command line names them before they go.
 */
export const KEPT_TYPES = [
    "vault:index/mount:Mount",
    "vault:transit/secretBackendKey:SecretBackendKey",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "keycloak:index/realm:Realm",
    // Who belongs to them is what people decided.
    "keycloak:index/group:Group",
    "keycloak:index/role:Role",
] as const;

/** Whether a type is one of {@link KEPT_TYPES}. */
export function isKeptType(type: string): boolean {
    return (KEPT_TYPES as readonly string[]).includes(type);
}
