import { COMMAND, GROUP, MOUNT, REALM, ROLE } from "./resource-types";

/**
 * Types of resources inside servers that hold what people or services wrote: deleting or replacing a resource deletes that
 * as well. Volumes with data carry a label instead (`names.ts`). Components protect these types
 * (`components/hardening/keep.ts`), the rule `data-is-protected` checks that, and the command line names such resources
 * before they are deleted.
 */
export const KEPT_TYPES = [
    MOUNT,
    "vault:transit/secretBackendKey:SecretBackendKey",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    REALM,
    // People decide who belongs to a group or role.
    GROUP,
    ROLE,
] as const;

/** Creates the edge's own authority, which clients trust. Only the state holds what the command printed. */
export const AUTHORITY_COMMAND = "node components/edge/certificates.mjs authority";

/** Whether a resource inside a server, or a command, holds what people or services wrote or trust. */
export function isKept(type: string, inputs: Readonly<Record<string, unknown>> = {}): boolean {
    return (KEPT_TYPES as readonly string[]).includes(type) || (type === COMMAND && isAuthority(inputs["create"]));
}

/** @param create - of a command */
export function isAuthority(create: unknown): boolean {
    return create === AUTHORITY_COMMAND;
}
