import { isDeepStrictEqual } from "node:util";

import { placeOf, TOKEN_MOUNT } from "../../model/secrets/secret";
import { stackRule } from "../lib/rule";
import { TOKEN_KEY, TOKEN_ROLE } from "../lib/vault";

/** A token is what another server trusts: a wider claim opens another product's part of it. */
export const vaultTokenSaysWhatPlanSays = stackRule({
    name: "vault-token-says-what-plan-says",
    description:
        "Tokens that Vault signs for services have the audience and the claims of the plan, a limited life, and a key for one audience.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        const planned = new Map(
            (plan.secrets ?? []).flatMap((secret) => (secret.token ? [[placeOf(secret), secret.token] as const] : [])),
        );
        for (const role of stack.ofType(TOKEN_ROLE)) {
            const { name, urn, properties } = role;
            const [called, audience, template] = ["name", "clientId", "template"].map((field) =>
                stack.required(role, field),
            );
            if (called === undefined || audience === undefined || template === undefined) {
                continue;
            }
            const token = planned.get(`${TOKEN_MOUNT}/role/${called}`);
            if (token === undefined) {
                yield { name, urn, problem: "the plan has no such token; declare it in a layer, or remove the role" };
                continue;
            }
            if (audience !== token.audience) {
                yield {
                    name,
                    urn,
                    problem: `it is not for the audience of the plan; set \`clientId\` to ${token.audience}`,
                };
            }
            if (!isDeepStrictEqual(parsed(template), token.claims)) {
                yield {
                    name,
                    urn,
                    problem: "it does not have the claims of the plan; set `template` to them and nothing else",
                };
            }
            if (!((properties.number("ttl") ?? 0) > 0)) {
                yield { name, urn, problem: "it sets no life for its tokens; set `ttl` to seconds" };
            }
        }
        for (const key of stack.ofType(TOKEN_KEY)) {
            const { name, urn, properties } = key;
            if (stack.required(key, "name") === undefined) {
                continue;
            }
            const clients = [...properties.texts("allowedClientIds")];
            if (clients.length !== 1 || clients[0] === "*") {
                yield { name, urn, problem: "it signs tokens for several audiences; set `allowedClientIds` to one" };
            }
        }
    },
});

function parsed(template: string): unknown {
    try {
        return JSON.parse(template);
    } catch {
        return undefined;
    }
}
