/** The access matrix: what each service may do at each path of Vault's API, as data and as the text of Vault's policies. */

import { type Engine, mountOf, type ResolvedSecret } from "./secret";

/**
 * What a policy can allow; `deny` removes what a wider path allows.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
 */
export type Capability = "create" | "read" | "update" | "patch" | "delete" | "list" | "sudo" | "deny";

/** A path of the API, without wildcards, and what may be done there. */
export interface Grant {
    readonly path: string;
    readonly capabilities: readonly Capability[];
}

/** Mount at which services log in. The provisioner's login is another mount, so access to this mount does not reach it. */
export const SERVICES_LOGIN = "services";

/**
 * What every service and person may do with their own token. Services do not get the built-in policy `default`: it also
 * opens cubbyholes, wrapping and identity templates, which nobody declared.
 */
export const OWN_TOKEN: readonly Grant[] = [
    { path: "auth/token/lookup-self", capabilities: ["read"] },
    { path: "auth/token/renew-self", capabilities: ["update"] },
    { path: "auth/token/revoke-self", capabilities: ["update"] },
];

/** Lets a service renew its leases. Vault revokes them together with the token. */
const OWN_LEASES: Grant = { path: "sys/leases/renew", capabilities: ["update"] };

const GRANTS: Readonly<Record<Engine, (mount: string, path: string) => readonly Grant[]>> = {
    kv: (mount, path) => [{ path: `${mount}/data/${path}`, capabilities: ["read"] }],
    database: (mount, path) => [{ path: `${mount}/creds/${path}`, capabilities: ["read"] }],
    transit: (mount, path) => [
        { path: `${mount}/encrypt/${path}`, capabilities: ["update"] },
        { path: `${mount}/decrypt/${path}`, capabilities: ["update"] },
    ],
    pki: (mount, path) => [{ path: `${mount}/issue/${path}`, capabilities: ["update"] }],
    token: (mount, path) => [{ path: `${mount}/token/${path}`, capabilities: ["read"] }],
};

/** What a reader of the secret may do. */
export function grantsOf(secret: Pick<ResolvedSecret, "owner" | "engine" | "path">): readonly Grant[] {
    return GRANTS[secret.engine](mountOf(secret), secret.path);
}

/** Everything a service may do, sorted by path. */
export function grantsFor(secrets: readonly ResolvedSecret[], service: string): Grant[] {
    const readable = secrets.filter(({ readers }) => readers.includes(service));
    const leases = readable.some(({ engine }) => engine === "database") ? [OWN_LEASES] : [];
    return [...OWN_TOKEN, ...leases, ...readable.flatMap(grantsOf)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether the matrix allows a service a capability at a path. What is not declared is not allowed. */
export function allowed(
    secrets: readonly ResolvedSecret[],
    service: string,
    path: string,
    capability: Capability,
): boolean {
    return grantsFor(secrets, service).some((grant) => grant.path === path && grant.capabilities.includes(capability));
}

/** The policy of a service. Vault keeps the text as it is, so the same grants always give the same text. */
export function policyFor(secrets: readonly ResolvedSecret[], service: string): string {
    return policyText(`Generated from the secrets matrix for ${service}.`, grantsFor(secrets, service));
}

/** Policy language for a list of grants. */
export function policyText(comment: string, grants: readonly Grant[]): string {
    const blocks = grants.map(
        ({ path, capabilities }) =>
            `path "${path}" {\n  capabilities = [${capabilities.map((it) => `"${it}"`).join(", ")}]\n}\n`,
    );
    return [`# ${comment}\n`, ...blocks].join("\n");
}
