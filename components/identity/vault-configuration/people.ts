import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { claimOf, peoplePolicies } from "../../../model/identity/people";
import { VAULT_CLIENT } from "../../../model/identity/realm";
import { policyText } from "../../../model/secrets/access";
import { entranceOf } from "./entrance";
import { PEOPLE_LOGIN } from "../../../model/vault-names";
import { type IdentityProvider, optionsInVault, type VaultContext } from "./context";

const ROLE = "people";

/**
 * Life of a person's token in seconds, beyond which it is not renewed. A person who leaves a group keeps its rights for at
 * most this long.
 */
const SESSION_SECONDS = 3600;

/**
 * Configures people's login through Keycloak: authorization code with PKCE, which Vault adds by itself. Groups of the realm
 * get policies. A person in none of these groups cannot log in.
 *
 * @returns the login's mount
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
        // Vault asks the issuer for its keys when this resource is written.
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
            // A user name can later belong to another person; `sub` cannot.
            userClaim: "sub",
            userClaimJsonPointer: false,
            groupsClaim: "groups",
            claimMappings: { preferred_username: "username" },
            oidcScopes: ["openid"],
            verboseOidcLogging: false,
            // People come through the edge, so a token that a product has stolen is useless in the product's zones.
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
