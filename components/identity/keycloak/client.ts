import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { RealmClient as RealmClientModel } from "../../../model/identity/realm";
import { LIFETIME } from "./realm-settings";

/** Inputs for {@link RealmClient}. */
export interface RealmClientArgs {
    readonly client: RealmClientModel;
    readonly realmId: pulumi.Input<string>;
    /** Ids of `client.roles`, in the same order. */
    readonly roleIds: readonly pulumi.Output<string>[];
    /** The scope with the tenant's claim. */
    readonly tenant: keycloak.openid.ClientScope;
    readonly database: pulumi.Resource;
}

/**
 * Default client scopes: `basic` carries the subject, `roles` the roles; the others are standard scopes of OpenID Connect.
 */
const SCOPES = ["acr", "basic", "email", "profile", "roles", "web-origins"];

/** A confidential client with one flow: authorization code with PKCE. */
export class RealmClient extends pulumi.ComponentResource {
    /** Always secret. */
    public readonly secret: pulumi.Output<string>;

    constructor(name: string, args: RealmClientArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:RealmClient", name, {}, opts);

        const { client: model, realmId } = args;
        const kept = { parent: this, deletedWith: args.database };
        this.secret = pulumi.secret(
            new random.RandomPassword(`${name}-secret`, { length: 48, special: false }, { parent: this }).result,
        );
        const client = new keycloak.openid.Client(
            name,
            {
                realmId,
                clientId: model.id,
                name: model.id,
                description: model.description,
                enabled: model.enabled,
                accessType: "CONFIDENTIAL",
                clientAuthenticatorType: "client-secret",
                clientSecret: this.secret,
                standardFlowEnabled: true,
                implicitFlowEnabled: false,
                directAccessGrantsEnabled: false,
                serviceAccountsEnabled: false,
                oauth2DeviceAuthorizationGrantEnabled: false,
                pkceCodeChallengeMethod: "S256",
                rootUrl: new URL(model.baseUrl).origin,
                baseUrl: model.baseUrl,
                validRedirectUris: [...model.redirectUris],
                validPostLogoutRedirectUris: [...model.postLogoutRedirectUris],
                webOrigins: [...model.webOrigins],
                // Tokens of this client contain only the roles in `args.roleIds`.
                fullScopeAllowed: false,
                consentRequired: false,
                accessTokenLifespan: String(LIFETIME.accessToken),
                useRefreshTokens: true,
                useRefreshTokensClientCredentials: false,
                excludeSessionStateFromAuthResponse: false,
                frontchannelLogoutEnabled: false,
                backchannelLogoutSessionRequired: true,
                backchannelLogoutRevokeOfflineSessions: false,
            },
            kept,
        );

        model.roles.forEach((role, index) => {
            new keycloak.GenericRoleMapper(
                `${name}-role-${role}`,
                { realmId, clientId: client.id, roleId: args.roleIds[index]! },
                kept,
            );
        });
        new keycloak.openid.AudienceProtocolMapper(
            `${name}-audience`,
            {
                realmId,
                clientId: client.id,
                name: "audience",
                includedClientAudience: client.clientId,
                addToIdToken: false,
                addToAccessToken: true,
                addToTokenIntrospection: true,
            },
            kept,
        );
        if (model.claims.includes("groups")) {
            new keycloak.openid.GroupMembershipProtocolMapper(
                `${name}-groups`,
                {
                    realmId,
                    clientId: client.id,
                    name: "groups",
                    claimName: "groups",
                    // With the full path, a nested group is never taken for a top-level group of the same name.
                    fullPath: true,
                    addToIdToken: true,
                    addToAccessToken: true,
                    addToUserinfo: true,
                    // Set explicitly: the published provider's default is no, the server's is yes (as an access token
                    // shows).
                    addToTokenIntrospection: true,
                },
                kept,
            );
        }
        const scopes = [...SCOPES, ...(model.claims.includes("tenant") ? [args.tenant.name] : [])];
        new keycloak.openid.ClientDefaultScopes(
            `${name}-default-scopes`,
            { realmId, clientId: client.id, defaultScopes: scopes },
            kept,
        );
        new keycloak.openid.ClientOptionalScopes(
            `${name}-optional-scopes`,
            { realmId, clientId: client.id, optionalScopes: [] },
            kept,
        );
        this.registerOutputs({});
    }
}
