/** Names inside Vault: those that strata chooses, and those that a server has from the start. */

/** Mount at which people log in. Its path is part of the redirect URI that Keycloak allows. */
export const PEOPLE_LOGIN = "oidc";

/** Mount at which people log in when the identity provider is down. It has no users until one is needed. */
export const BREAK_GLASS_LOGIN = "userpass";
export const BREAK_GLASS_POLICY = "break-glass";

/** The program's own policy and AppRole, which Vault's set-up creates: see `components/foundation/vault/files.ts`. */
export const PROVISIONER = "provisioner";

/** Mount at which the program logs in. */
export const PROVISIONER_LOGIN = "approle";

/**
 * The resource that everything inside a Vault with operators waits for, and the beginning of its message about what they
 * have to do.
 */
export const OPERATORS_GATE = "vault-operators";
export const OPERATORS_WAITED_FOR = "Vault waits for its operators";

/** Policy of the people who manage a product's values, for example `people-psra`. */
export function peoplePolicy(product: string): string {
    return `people-${product}`;
}

/** Mounts that a server has from the start; nothing can be mounted there or below. */
export const BUILT_IN_MOUNTS = ["sys", "auth", "identity", "cubbyhole", "audit"] as const;

/** Policies that a server has from the start. */
export const BUILT_IN_POLICIES = ["root", "default", "response-wrapping", "control-group"] as const;
