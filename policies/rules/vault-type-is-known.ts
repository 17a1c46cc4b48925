import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { KNOWN_VAULT_TYPES } from "../lib/vault";

/** Default deny: a resource that nobody thought about may put a token into the state, or not see that it was changed. */
export const vaultTypeIsKnown = resourceRule({
    name: "vault-type-is-known",
    description:
        "Only kinds of Vault resources that keep no unlimited login in the state and see changes by hand are used.",
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
