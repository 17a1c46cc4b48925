/**
 * The layer of everything inside Vault: engines, policies and logins from the secrets matrix, and the agents that deliver
 * secrets to services.
 */

import { platformClaims } from "../../../model/claims/platform";
import { issuerInside } from "../../../model/identity/issuer";
import { PLATFORM_ADMIN_POLICY } from "../../../model/identity/people";
import { namesAround } from "../../../model/names";
import { PLATFORM } from "../../../model/platform";
import { SERVICES_LOGIN } from "../../../model/secrets/access";
import { resolveSecrets } from "../../../model/secrets/resolve";
import {
    BREAK_GLASS_LOGIN,
    BREAK_GLASS_POLICY,
    BUILT_IN_MOUNTS,
    BUILT_IN_POLICIES,
    PEOPLE_LOGIN,
    peoplePolicy,
    PROVISIONER,
} from "../../../model/vault-names";
import { EDGE } from "../../edge/traefik/kind";
import { VAULT_ZONE } from "../../foundation/layer";
import { VAULT } from "../../foundation/vault/kind";
import { isProgram } from "../../kinds";
import type { Contribution, Layer } from "../../layer";
import { PLATFORM_SECRETS } from "../platform-secrets";
import { agentName } from "../vault-agent/kind";
import { ownerClaims } from "./claims";
import { vaultGuest } from "./guest";

export const vaultConfiguration: Layer = {
    name: "identity",
    subnets: {},
    services: [],
    guests: [],
    words: {
        Vault: [
            ...BUILT_IN_MOUNTS,
            SERVICES_LOGIN,
            PEOPLE_LOGIN,
            BREAK_GLASS_LOGIN,
            BREAK_GLASS_POLICY,
            PROVISIONER,
            "people",
            peoplePolicy("*"),
        ],
    },
    contribute(draft): Contribution {
        const { config, products, services, realm } = draft;
        const declared = resolveSecrets(products, {
            secrets: PLATFORM_SECRETS,
            services: services.filter(({ product }) => product === PLATFORM).map(({ name }) => name),
            hasClients: realm !== undefined,
        });
        const guest = vaultGuest(draft, [...declared, ...draft.secrets]);
        const issuer = issuerInside(config);
        return {
            ...guest,
            secrets: declared,
            // Vault fetches the issuer's public keys through the edge, under the issuer's public name.
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
    serviceClaims: (service, claim) => [
        ...(isProgram(service) ? namesAround(agentName(service.name)).map((name) => claim("service", name)) : []),
        claim("policy", service.name),
        claim("approle", service.name),
    ],
    productClaims: (platform, { owner }, claim) => ownerClaims(platform, owner, claim),
};
