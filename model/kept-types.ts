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

/** Type of a command on the machine that runs the program. */
export const COMMAND = "command:local:Command";

/** Makes the edge's own authority, which clients trust. What the command printed is in the state alone. */
export const AUTHORITY_COMMAND = "node components/edge/certificates.mjs authority";

/** Whether a resource inside a server, or a command, holds what people or services wrote or trust. */
export function isKept(type: string, inputs: Readonly<Record<string, unknown>> = {}): boolean {
    return (KEPT_TYPES as readonly string[]).includes(type) || (type === COMMAND && isAuthority(inputs["create"]));
}

/** @param create - of a command */
export function isAuthority(create: unknown): boolean {
    return create === AUTHORITY_COMMAND;
}
