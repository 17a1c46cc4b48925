import { COMMAND, GROUP, MOUNT, REALM, ROLE } from "./resource-types";

/**
 * Types of resources inside servers that hold what people or services wrote: deleting or replacing one deletes that. Volumes that
 * hold data say so in a label (`names.ts`). Components keep these (`components/hardening/keep.ts`), the rule `data-is-protected` checks
 * it, and the command line names them before they go.
 */
export const KEPT_TYPES = [
    MOUNT,
    "vault:transit/secretBackendKey:SecretBackendKey",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    REALM,
    // Who belongs to them is what people decided.
    GROUP,
    ROLE,
] as const;

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
