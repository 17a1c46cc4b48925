import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { KNOWN_VAULT_TYPES } from "../lib/vault";

/** Default deny: an unknown type may put a token into the state, or not detect a change by hand. */
export const vaultTypeIsKnown = resourceRule({
    name: "vault-type-is-known",
    description:
        "Only types of Vault resources that keep no unlimited login in the state and detect changes by hand are used.",
    severity: "high",
    types: ["vault:*"],
    waivable: false,
    clauses: [known],
});

function* known({ type }: Subject): Iterable<string> {
    if (!KNOWN_VAULT_TYPES.includes(type)) {
        yield `${type} is not among the types in policies/lib/vault.ts, which says why some are left out; add it there when it has been looked at`;
    }
}
