/**
 * What people may do in Vault: a policy for each group of the realm that manages secrets of a product or of the platform.
 */

import { PLATFORM } from "../platform";
import { type Grant, grantsOf, OWN_TOKEN, SERVICES_LOGIN } from "../secrets/access";
import { type Engine, mountOf, type ResolvedSecret } from "../secrets/secret";
import { peoplePolicy } from "../vault-names";
import type { Realm } from "./realm";

/** What the members of a group may do. */
export interface PeoplePolicy {
    /** Name in Vault. */
    readonly name: string;
    /** Group of the realm. */
    readonly group: string;
    /** Paths end in `*` where they cover a whole mount. */
    readonly grants: readonly Grant[];
}

/** Policy of the people who run Vault. */
export const PLATFORM_ADMIN_POLICY = "platform-admin";

/** What the command line and the web interface ask for before any other request. Covers only the person's own token. */
const OWN_SESSION: readonly Grant[] = [
    ...OWN_TOKEN,
    { path: "sys/capabilities-self", capabilities: ["update"] },
    { path: "sys/internal/ui/resultant-acl", capabilities: ["read"] },
];

/** What groups may do, in the order of the realm's groups. */
export function peoplePolicies({ groups }: Realm, secrets: readonly ResolvedSecret[]): PeoplePolicy[] {
    return groups.flatMap(({ name: group, managesSecretsOf: keeps }): PeoplePolicy[] => {
        if (keeps === undefined) {
            return [];
        }
        const [name, grants] =
            keeps === PLATFORM
                ? [PLATFORM_ADMIN_POLICY, platformAdmin(secrets)]
                : [peoplePolicy(keeps), mountsOf(secrets, "kv", [keeps]).flatMap(keep)];
        return [{ name, group, grants: [...OWN_SESSION, ...grants] }];
    });
}

/**
 * The name by which Vault knows a group: its path. So Vault never takes a group inside another group for the top-level
 * group of the same name.
 */
export function claimOf({ group }: Pick<PeoplePolicy, "group">): string {
    return `/${group}`;
}

/**
 * The rights to run Vault without reading the products' secrets: set a product's values, end leases, logins and
 * certificates, rotate keys. Excluded are writing a policy, a role or a login, and reading what the program keeps for
 * Keycloak: each would be a way to everything.
 */
function platformAdmin(secrets: readonly ResolvedSecret[]): Grant[] {
    const products = [...new Set(secrets.map(({ owner }) => owner))].filter((owner) => owner !== PLATFORM);
    return [
        ...mountsOf(secrets, "kv", [PLATFORM]).flatMap(keep),
        ...secrets
            .filter(({ owner, engine, source }) => owner === PLATFORM && engine === "kv" && source !== "written")
            .flatMap(grantsOf)
            .map(({ path }): Grant => ({ path, capabilities: ["deny"] })),
        ...mountsOf(secrets, "kv", products).flatMap((mount): Grant[] => [
            { path: `${mount}/data/*`, capabilities: ["create", "update"] },
            { path: `${mount}/metadata/*`, capabilities: ["list", "read"] },
        ]),
        ...secrets
            .filter(({ engine }) => engine === "transit")
            .flatMap((secret): Grant[] => [
                { path: `${mountOf(secret)}/keys/${secret.path}`, capabilities: ["read"] },
                { path: `${mountOf(secret)}/keys/${secret.path}/rotate`, capabilities: ["update"] },
            ]),
        ...mountsOf(secrets, "pki", products).flatMap((mount): Grant[] => [
            { path: `${mount}/certs`, capabilities: ["list"] },
            { path: `${mount}/revoke`, capabilities: ["update"] },
        ]),
        { path: `auth/${SERVICES_LOGIN}/role`, capabilities: ["list"] },
        { path: `auth/${SERVICES_LOGIN}/role/+`, capabilities: ["read"] },
        { path: `auth/${SERVICES_LOGIN}/role/+/secret-id`, capabilities: ["list"] },
        { path: `auth/${SERVICES_LOGIN}/role/+/secret-id-accessor/destroy`, capabilities: ["update"] },
        { path: "auth/token/revoke-accessor", capabilities: ["update"] },
        { path: "identity/entity/*", capabilities: ["list", "read"] },
        { path: "identity/group/*", capabilities: ["list", "read"] },
        { path: "sys/audit", capabilities: ["read", "sudo"] },
        { path: "sys/auth", capabilities: ["read"] },
        { path: "sys/leases/lookup", capabilities: ["update"] },
        { path: "sys/leases/lookup/*", capabilities: ["list", "sudo"] },
        { path: "sys/leases/revoke", capabilities: ["update"] },
        { path: "sys/leases/revoke-prefix/*", capabilities: ["update", "sudo"] },
        { path: "sys/mounts", capabilities: ["read"] },
        { path: "sys/policies/acl", capabilities: ["list"] },
        { path: "sys/policies/acl/*", capabilities: ["read"] },
        { path: "sys/quotas/rate-limit", capabilities: ["list"] },
        { path: "sys/quotas/rate-limit/*", capabilities: ["read"] },
    ];
}

/** Rights on the values of one mount: write, read, and delete in a way that can be undone. */
function keep(mount: string): Grant[] {
    return [
        { path: `${mount}/data/*`, capabilities: ["create", "delete", "read", "update"] },
        { path: `${mount}/metadata/*`, capabilities: ["list", "read"] },
        { path: `${mount}/delete/*`, capabilities: ["update"] },
        { path: `${mount}/undelete/*`, capabilities: ["update"] },
    ];
}

/** The owners' mounts of an engine, each once. */
function mountsOf(secrets: readonly ResolvedSecret[], engine: Engine, owners: readonly string[]): string[] {
    const own = secrets.filter((secret) => secret.engine === engine && owners.includes(secret.owner));
    return [...new Set(own.map(mountOf))].sort();
}
