import { createHash } from "node:crypto";

import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";

import { type Realm as RealmModel, SECOND_FACTOR_ROLE } from "../../../model/identity/realm";
import { keep } from "../../lib/keep";
import { RealmClient } from "./client";
import { LoginFlows } from "./login-flows";
import { EVENT_TYPES, EVENTS_EXPIRATION, realmSettings } from "./realm-settings";

/** Inputs for {@link Realm}. */
export interface RealmArgs {
    readonly realm: RealmModel;
    /** Done when the provider's login works. */
    readonly provisioned: pulumi.Resource;
    /** The volume in which all of this is kept: gone with it, so that `down` works when the server is away. */
    readonly database: pulumi.Resource;
    /** Whether the realm, with the people in it, refuses to be deleted. */
    readonly protectData: boolean;
}

/** Everything a realm holds, except people. */
export class Realm extends pulumi.ComponentResource {
    /** Secrets by client id. Always secret. */
    public readonly clientSecrets: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: RealmArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:Realm", name, {}, opts);

        const model = args.realm;
        const kept = { parent: this, deletedWith: args.database };
        const settings = realmSettings(model);
        const realm = new keycloak.Realm(name, settings, keep(args, { ...kept, dependsOn: [args.provisioned] }));
        const realmId = realm.id;

        new keycloak.RealmEvents(
            `${name}-events`,
            {
                realmId,
                eventsEnabled: true,
                eventsExpiration: EVENTS_EXPIRATION,
                enabledEventTypes: [...EVENT_TYPES],
                eventsListeners: ["jboss-logging"],
                adminEventsEnabled: true,
                // Representations hold personal data.
                adminEventsDetailsEnabled: false,
            },
            kept,
        );
        new keycloak.RealmUserProfile(`${name}-user-profile`, { realmId, ...USER_PROFILE }, kept);
        for (const [alias, action] of Object.entries(REQUIRED_ACTIONS)) {
            new keycloak.RequiredAction(
                `${name}-action-${alias}`,
                { realmId, alias, enabled: true, defaultAction: false, ...action },
                kept,
            );
        }

        const marker = new keycloak.Role(
            `${name}-role-${SECOND_FACTOR_ROLE}`,
            { realmId, name: SECOND_FACTOR_ROLE, description: "Part of roles that ask for a second factor" },
            kept,
        );
        const roles = new Map(
            model.roles.map((role) => [
                role.name,
                new keycloak.Role(
                    `${name}-role-${role.name}`,
                    {
                        realmId,
                        name: role.name,
                        description: role.description,
                        // An empty list is refused by the older provider.
                        ...(role.mfa && { compositeRoles: [marker.id] }),
                    },
                    kept,
                ),
            ]),
        );
        const roleIds = (names: readonly string[]): pulumi.Output<string>[] =>
            names.map((wanted) => roles.get(wanted)!.id);
        for (const { name: group, roles: given } of model.groups) {
            // The role itself too: a composite role that lost its only part looks to the provider as if nothing had happened.
            const asks = given.some((wanted) => model.roles.some(({ name: it, mfa }) => it === wanted && mfa));
            const slug = group.toLowerCase().replaceAll(" ", "-");
            const created = new keycloak.Group(`${name}-group-${slug}`, { realmId, name: group }, kept);
            new keycloak.GroupRoles(
                `${name}-group-${slug}-roles`,
                {
                    realmId,
                    groupId: created.id,
                    roleIds: [...roleIds(given), ...(asks ? [marker.id] : [])],
                    exhaustive: true,
                },
                kept,
            );
        }

        const flows = new LoginFlows(
            `${name}-flows`,
            // A change of the realm puts back the flows it was made with, so they are bound anew after each.
            { realmId, database: args.database, settings: hashOf(settings) },
            { parent: this },
        );
        const tenant = tenantScope(name, realmId, kept);
        this.clientSecrets = Object.fromEntries(
            model.clients.map((client) => [
                client.id,
                new RealmClient(
                    `${name}-client-${client.id}`,
                    { client, realmId, roleIds: roleIds(client.roles), tenant, database: args.database },
                    { parent: this, dependsOn: [flows] },
                ).secret,
            ]),
        );
        this.registerOutputs({});
    }
}

function hashOf(settings: object): string {
    return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
}

/** A scope whose one claim says for which customer a person works. Only administrators can change it. */
function tenantScope(
    name: string,
    realmId: pulumi.Output<string>,
    kept: pulumi.CustomResourceOptions,
): keycloak.openid.ClientScope {
    const scope = new keycloak.openid.ClientScope(
        `${name}-scope-tenant`,
        { realmId, name: "tenant", description: "The customer a person works for", includeInTokenScope: false },
        kept,
    );
    new keycloak.openid.UserAttributeProtocolMapper(
        `${name}-scope-tenant-claim`,
        {
            realmId,
            clientScopeId: scope.id,
            name: "tenant",
            userAttribute: "tenant",
            claimName: "tenant",
            claimValueType: "String",
            addToIdToken: true,
            addToAccessToken: true,
            addToUserinfo: true,
            multivalued: false,
            aggregateAttributes: false,
        },
        kept,
    );
    return scope;
}

/** Actions that people may be asked for at a login. The others of Keycloak are as it makes them. */
const REQUIRED_ACTIONS: Readonly<Record<string, { name: string; priority: number }>> = {
    CONFIGURE_TOTP: { name: "Configure OTP", priority: 10 },
    UPDATE_PASSWORD: { name: "Update Password", priority: 30 },
};

const OWN = { views: ["admin", "user"], edits: ["admin", "user"] };
/** People see their own tenant and cannot change it: it decides which rows a database shows them. */
const ADMINISTERED = { views: ["admin", "user"], edits: ["admin"] };

const USER_PROFILE: Pick<keycloak.RealmUserProfileArgs, "attributes" | "groups"> = {
    attributes: [
        {
            name: "username",
            displayName: "${username}",
            permissions: OWN,
            validators: [
                { name: "length", config: { min: "3", max: "255" } },
                { name: "username-prohibited-characters" },
                { name: "up-username-not-idn-homograph" },
            ],
        },
        {
            name: "email",
            displayName: "${email}",
            requiredForRoles: ["user"],
            permissions: OWN,
            validators: [{ name: "email" }, { name: "length", config: { max: "255" } }],
        },
        ...["firstName", "lastName"].map((name) => ({
            name,
            displayName: `\${${name}}`,
            permissions: OWN,
            validators: [{ name: "length", config: { max: "255" } }, { name: "person-name-prohibited-characters" }],
        })),
        {
            name: "tenant",
            displayName: "Tenant",
            permissions: ADMINISTERED,
            validators: [{ name: "pattern", config: { pattern: "^[a-z][a-z0-9-]{0,62}$", "error-message": "tenant" } }],
        },
    ],
    groups: [],
};
