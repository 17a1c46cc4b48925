import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { claimOf, peoplePolicies } from "../../../model/identity/people";
import { VAULT_CLIENT } from "../../../model/identity/realm";
import { policyText } from "../../../model/secrets/access";
import { entranceOf } from "./entrance";
import { PEOPLE_LOGIN } from "../../../model/vault-names";
import { type IdentityProvider, optionsInVault, type VaultContext } from "./context";

const ROLE = "people";

/** Whoever leaves a group has for at most this long what it gave: a token is not renewed beyond it. Seconds. */
const SESSION_SECONDS = 3600;

/**
 * People's login through Keycloak: authorization code with PKCE, which Vault adds by itself. Groups of the realm get policies;
 * whoever is in none of them is not let in.
 *
 * @returns what the login stands on: its mount
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt
 */
export function peopleLogin(context: VaultContext, identity: IdentityProvider): vault.jwt.AuthBackend {
    const { realm, authority, clientSecrets, ready } = identity;
    const policies = peoplePolicies(realm, context.secrets);
    const backend = new vault.jwt.AuthBackend(
        "vault-people-login",
        {
            path: PEOPLE_LOGIN,
            type: "oidc",
            description: "People",
            local: false,
            oidcDiscoveryUrl: realm.issuer,
            ...(authority && { oidcDiscoveryCaPem: authority }),
            oidcClientId: VAULT_CLIENT,
            oidcClientSecret: pulumi.secret(clientSecrets[VAULT_CLIENT]!),
            oidcResponseMode: "query",
            oidcResponseTypes: ["code"],
            boundIssuer: realm.issuer,
            jwtSupportedAlgs: ["RS256"],
            defaultRole: ROLE,
            namespaceInState: true,
            tune: {
                defaultLeaseTtl: "1h0m0s",
                maxLeaseTtl: "1h0m0s",
                listingVisibility: "unauth",
                tokenType: "service",
            },
        },
        // Vault asks the issuer for its keys when this is written.
        { ...optionsInVault(context, ready), deleteBeforeReplace: true },
    );
    const client = realm.clients.find(({ id }) => id === VAULT_CLIENT)!;
    new vault.jwt.AuthBackendRole(
        "vault-people-role",
        {
            backend: PEOPLE_LOGIN,
            roleName: ROLE,
            roleType: "oidc",
            allowedRedirectUris: [...client.redirectUris],
            boundAudiences: [VAULT_CLIENT],
            boundClaimsType: "string",
            boundClaims: { groups: policies.map(claimOf).join(",") },
            // Names can be given to somebody else.
            userClaim: "sub",
            userClaimJsonPointer: false,
            groupsClaim: "groups",
            claimMappings: { preferred_username: "username" },
            oidcScopes: ["openid"],
            verboseOidcLogging: false,
            // People come through the edge: a token that a product got hold of is of no use in the product's zones.
            tokenBoundCidrs: entranceOf(context.platform),
            tokenPolicies: [],
            tokenNoDefaultPolicy: true,
            tokenTtl: SESSION_SECONDS,
            tokenMaxTtl: SESSION_SECONDS,
            tokenExplicitMaxTtl: SESSION_SECONDS,
            tokenPeriod: 0,
            tokenNumUses: 0,
            tokenType: "service",
        },
        optionsInVault(context, [backend]),
    );
    for (const { name, group, grants } of policies) {
        const policy = new vault.Policy(
            `vault-${name}-policy`,
            { name, policy: policyText(`Generated from the secrets matrix for the group ${group}.`, grants) },
            optionsInVault(context),
        );
        const members = new vault.identity.Group(
            `vault-${name}-group`,
            { name: group, type: "external", policies: [policy.name] },
            optionsInVault(context),
        );
        new vault.identity.GroupAlias(
            `vault-${name}-group-alias`,
            { name: claimOf({ group }), mountAccessor: backend.accessor, canonicalId: members.id },
            optionsInVault(context),
        );
    }
    return backend;
}
