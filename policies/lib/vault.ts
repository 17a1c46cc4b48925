/** Facts about the Vault provider's resources that rules need. */

import { MOUNT } from "../../model/resource-types";
import type { Properties } from "./properties";

export const APPROLE = "vault:appRole/authBackendRole:AuthBackendRole";
export const TOKEN_KEY = "vault:identity/oidcKey:OidcKey";
export const TOKEN_ROLE = "vault:identity/oidcRole:OidcRole";
export const OIDC_ROLE = "vault:jwt/authBackendRole:AuthBackendRole";

/**
 * The types that the program may use. Left out on purpose: `vault.Audit` (Vault audits before the program can log in, and one
 * device cannot be declared twice), `vault.Token` (it would be in the state), `kv.SecretV2` (it does not see a value that was
 * changed by hand; `generic.Secret` does). Secret-ids are in the state, encrypted: they expire, and are bound to the zones of one
 * service (`approle-limits-logins`).
 */
export const KNOWN_VAULT_TYPES: readonly string[] = [
    "vault:index/authBackend:AuthBackend",
    MOUNT,
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
    TOKEN_KEY,
    TOKEN_ROLE,
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

export { MOUNT };
export const POLICY = "vault:index/policy:Policy";

/** A path of Vault's API in a policy, with its capabilities. */
export interface PolicyPath {
    readonly path: string;
    readonly capabilities: readonly string[];
}

/** Paths in a policy's text. @returns undefined if the text has anything but paths and their capabilities */
export function pathsOf(policy: string): PolicyPath[] | undefined {
    const text = policy.replace(/^\s*#.*$/gm, "");
    const block = /path\s+"([^"]*)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}/g;
    if (text.replace(block, "").trim() !== "") {
        return undefined;
    }
    return [...text.matchAll(block)].map(([, path = "", list = ""]) => ({
        path,
        capabilities: [...list.matchAll(/"([^"]*)"/g)].map(([, capability = ""]) => capability),
    }));
}

/** Problems of a login or token that never expires. @param fields - lifetimes to check, in seconds */
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
 * Problems of a login that is accepted from any address.
 *
 * @param fields - lists of ranges (CIDR)
 * @param accepted - the ranges that are accepted, for the message
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
