/** What is inside Vault: engines, policies and logins from the secrets matrix, and the agents that bring services their secrets. */

import { platformClaims } from "../../../model/claims/platform";
import { issuerInside } from "../../../model/identity/issuer";
import { PLATFORM_ADMIN_POLICY } from "../../../model/identity/people";
import { PLATFORM } from "../../../model/platform";
import { SERVICES_LOGIN } from "../../../model/secrets/access";
import { resolveSecrets } from "../../../model/secrets/resolve";
import { vaultGuest } from "../../../model/secrets/vault-guest";
import {
    BREAK_GLASS_LOGIN,
    BREAK_GLASS_POLICY,
    BUILT_IN_MOUNTS,
    BUILT_IN_POLICIES,
    PEOPLE_LOGIN,
    peoplePolicy,
    PROVISIONER,
} from "../../../model/vault-names";
import { EDGE } from "../../edge/kind";
import { VAULT_ZONE } from "../../foundation/layer";
import { VAULT } from "../../foundation/vault/kind";
import type { Contribution, Layer } from "../../layer";

export const vaultConfiguration: Layer = {
    name: "identity",
    subnets: {},
    services: [],
    guests: [],
    words: [
        ...BUILT_IN_MOUNTS,
        SERVICES_LOGIN,
        PEOPLE_LOGIN,
        BREAK_GLASS_LOGIN,
        BREAK_GLASS_POLICY,
        PROVISIONER,
        "people",
        peoplePolicy("*"),
    ],
    contribute(draft): Contribution {
        const { config, products, services } = draft;
        const own = services.filter(({ product }) => product === PLATFORM).map(({ name }) => name);
        const secrets = resolveSecrets(products, own);
        const guest = vaultGuest(draft, secrets);
        const issuer = issuerInside(config);
        return {
            ...guest,
            secrets,
            // Vault asks the edge for the keys of whoever issues people's tokens, under the name that everybody knows the issuer by.
            ...(issuer && {
                additions: [...guest.additions, { service: EDGE, zoneAliases: { [VAULT_ZONE]: [issuer.host] } }],
                flows: [...guest.flows, { from: VAULT, to: EDGE, port: issuer.port, zone: VAULT_ZONE }],
            }),
        };
    },
    claims: () => [
        ...platformClaims("mount", "Vault", BUILT_IN_MOUNTS),
        ...platformClaims("mount", "the platform", [PLATFORM]),
        ...platformClaims("policy", "Vault", BUILT_IN_POLICIES),
        ...platformClaims("policy", "the platform", [PROVISIONER, BREAK_GLASS_POLICY, PLATFORM_ADMIN_POLICY]),
        ...platformClaims("policy", "people who keep a product's values", [peoplePolicy("*")]),
        ...platformClaims("approle", "the program", [PROVISIONER]),
    ],
};
