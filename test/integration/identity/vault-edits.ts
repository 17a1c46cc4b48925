/** What a hand can change in Vault. */

import { asProvisioner, change } from "./vault-client";

/** One change by hand: how it is made, and what reads otherwise then. */
export interface Edit {
    readonly what: string;
    readonly read: () => Promise<unknown>;
    readonly change: () => Promise<unknown>;
}

function field(what: string, path: string, name: string, value: unknown): Edit {
    return {
        what,
        read: async () => (await change("GET", path))[name],
        change: () => change("POST", path, { [name]: value }),
    };
}

const PEOPLE_ROLE = "auth/oidc/role/people";
const PSRA_ADMINS = "identity/group/name/PSRA%20Administrators";

/** Changes that the gate finds. */
export const VAULT_EDITS: readonly Edit[] = [
    {
        what: "a policy is widened",
        read: async () => (await change("GET", "sys/policies/acl/psra-web"))["policy"],
        change: () =>
            change("PUT", "sys/policies/acl/psra-web", { policy: 'path "psra/*" { capabilities = ["read"] }' }),
    },
    {
        what: "a policy is deleted",
        read: async () => (await asProvisioner("GET", "sys/policies/acl/rentguy-web")).status,
        change: () => change("DELETE", "sys/policies/acl/rentguy-web"),
    },
    field("a role gets another policy", "auth/services/role/psra-web", "token_policies", ["psra-web", "rentguy-api"]),
    field("a role's tokens live longer", "auth/services/role/psra-api", "token_ttl", 86_000),
    field("a role's tokens work everywhere", "auth/services/role/psra-engine", "token_bound_cidrs", []),
    field("a role's logins work everywhere", "auth/services/role/rentguy-api", "secret_id_bound_cidrs", []),
    field("a role gets the built-in policy", "auth/services/role/rentguy-web", "token_no_default_policy", false),
    field("database logins live longer", "psra/database/roles/psra", "default_ttl", 86_000),
    field("database logins become superusers", "rentguy/database/roles/rentguy", "creation_statements", [
        `CREATE ROLE "{{name}}" SUPERUSER LOGIN PASSWORD '{{password}}'`,
    ]),
    field("certificates for any name", "psra/pki/roles/psra", "allow_any_name", true),
    {
        what: "a transit key may be deleted",
        read: async () => (await change("GET", "psra/transit/keys/psra-key"))["deletion_allowed"],
        change: () => change("POST", "psra/transit/keys/psra-key/config", { deletion_allowed: true }),
    },
    {
        what: "a generated value is replaced",
        read: async () => (await change("GET", "psra/kv/data/config/jwt-secret"))["data"],
        change: () => change("POST", "psra/kv/data/config/jwt-secret", { data: { value: "by hand" } }),
    },
    field("fewer versions are kept", "rentguy/kv/config", "max_versions", 1),
    {
        what: "the limit of requests is raised",
        read: async () => (await change("GET", "sys/quotas/rate-limit/strata-services"))["rate"],
        change: () =>
            change("POST", "sys/quotas/rate-limit/strata-services", {
                path: "auth/services/",
                rate: 5000,
                interval: 1,
            }),
    },
    {
        what: "a mount's longest lease",
        read: async () => (await change("GET", "sys/mounts/psra/database/tune"))["max_lease_ttl"],
        change: () => change("POST", "sys/mounts/psra/database/tune", { max_lease_ttl: "999h" }),
    },
    {
        what: "the emergency login is switched off",
        read: async () => (await asProvisioner("GET", "sys/auth/userpass/tune")).status,
        change: () => change("DELETE", "sys/auth/userpass"),
    },
    {
        what: "whoever is in the realm is let in, and ends elsewhere",
        read: () => change("GET", PEOPLE_ROLE),
        change: async () =>
            change("POST", PEOPLE_ROLE, {
                ...(await change("GET", PEOPLE_ROLE)),
                bound_claims: {},
                allowed_redirect_uris: ["https://evil.example.com/"],
            }),
    },
    {
        what: "a group gets another policy",
        read: async () => (await change("GET", PSRA_ADMINS))["policies"],
        change: () => change("POST", PSRA_ADMINS, { type: "external", policies: ["platform-admin"] }),
    },
];

/** The list in docs/drift.md, each with how it is undone: when a provider learns to see one of these, a test says so. */
export const UNSEEN_IN_VAULT: Readonly<Record<string, readonly [() => Promise<unknown>, () => Promise<unknown>]>> = {
    "a policy too many": [
        () => change("PUT", "sys/policies/acl/stray", { policy: 'path "*" { capabilities = ["read"] }' }),
        () => change("DELETE", "sys/policies/acl/stray"),
    ],
    "a role too many": [
        () => change("POST", "auth/services/role/stray", { token_policies: "psra-api" }),
        () => change("DELETE", "auth/services/role/stray"),
    ],
    "a user of the emergency login": [
        () => change("POST", "auth/userpass/users/stray", { password: "stray", token_policies: "break-glass" }),
        () => change("DELETE", "auth/userpass/users/stray"),
    ],
    "a login too many": [
        () => change("POST", "sys/auth/stray", { type: "userpass" }),
        () => change("DELETE", "sys/auth/stray"),
    ],
    "the lockout of the emergency login": [
        () => change("POST", "sys/auth/userpass/tune", { user_lockout_config: { lockout_disable: true } }),
        () =>
            change("POST", "sys/auth/userpass/tune", {
                user_lockout_config: {
                    lockout_disable: false,
                    lockout_threshold: "5",
                    lockout_duration: "15m",
                    lockout_counter_reset: "15m",
                },
            }),
    ],
};
