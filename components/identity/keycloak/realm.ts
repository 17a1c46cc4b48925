import { local } from "@pulumi/command";
import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";

import { FLOW_BINDINGS } from "../../../model/identity/login-flows";
import { type Realm as RealmModel, SECOND_FACTOR_ROLE, TENANT_PATTERN } from "../../../model/identity/realm";
import { keep } from "../../hardening/keep";
import { RealmClient } from "./client";
import { LoginFlows } from "./login-flows";
import { EVENT_TYPES, EVENTS_EXPIRATION, realmSettings } from "./realm-settings";

/** Inputs for {@link Realm}. */
export interface RealmArgs {
    readonly realm: RealmModel;
    /** Administration API, on the engine's host. */
    readonly adminUrl: string;
    readonly provisioner: { readonly clientId: string; readonly secret: pulumi.Output<string> };
    /** The resource after which the provisioner's login works. */
    readonly provisioned: pulumi.Resource;
    /**
     * The volume that stores the realm. Everything in the realm is deleted with it, so that `down` works when the server is
     * away.
     */
    readonly database: pulumi.Resource;
    /** Whether the realm, with the people in it, is protected from being deleted. */
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
        const options = {
            ...kept,
            dependsOn: [args.provisioned],
            hooks: { afterUpdate: [this.bindFlowsAgain(`${name}-bind-flows-again`, args)] },
        };
        const realm = new keycloak.Realm(name, realmSettings(model), keep(args, options));
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
            keep(args, kept),
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
                        // The older provider refuses an empty list.
                        ...(role.mfa && { compositeRoles: [marker.id] }),
                    },
                    keep(args, kept),
                ),
            ]),
        );
        const roleIds = (names: readonly string[]): pulumi.Output<string>[] =>
            names.map((wanted) => roles.get(wanted)!.id);
        for (const { name: group, roles: given } of model.groups) {
            // The group gets the marker role itself too: when a composite role has lost its only part, the provider does
            // not notice.
            const asks = given.some((wanted) => model.roles.some(({ name: it, mfa }) => it === wanted && mfa));
            const slug = group.toLowerCase().replaceAll(" ", "-");
            const created = new keycloak.Group(`${name}-group-${slug}`, { realmId, name: group }, keep(args, kept));
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

        const flows = new LoginFlows(`${name}-flows`, { realmId, database: args.database }, { parent: this });
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

    /**
     * Binds the login flows again after each update of the realm. Every update sends the flow bindings in the state, which
     * are those of the realm's creation: the built-in flows, which ask for no second factor. The reason for the update does
     * not matter (a setting, a new default of the provider, drift that is corrected), so the binding is a part of the
     * update. When it fails, `up` fails. See docs/adr/0014-login-flows-are-bound-in-a-hook.md.
     */
    private bindFlowsAgain(name: string, { adminUrl, provisioner, realm }: RealmArgs): pulumi.ResourceHook {
        return new pulumi.ResourceHook(name, async () => {
            const secret = await new Promise<string>((resolve) => provisioner.secret.apply(resolve));
            const login = { clientId: provisioner.clientId, secret };
            const stdin = JSON.stringify({ url: adminUrl, realm: realm.name, login, bindings: FLOW_BINDINGS });
            const command = "node components/identity/keycloak/bind-flows.mjs";
            await local.run({ command, stdin, logging: "none" }, { parent: this });
        });
    }
}

/** A client scope with one claim: the customer for whom a person works. Only administrators can change it. */
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
            addToTokenIntrospection: true,
            multivalued: false,
            aggregateAttributes: false,
        },
        kept,
    );
    return scope;
}

/** Actions that Keycloak may require from people at a login. All other actions keep Keycloak's defaults. */
const REQUIRED_ACTIONS: Readonly<Record<string, { name: string; priority: number }>> = {
    CONFIGURE_TOTP: { name: "Configure OTP", priority: 10 },
    UPDATE_PASSWORD: { name: "Update Password", priority: 30 },
};

const OWN = { views: ["admin", "user"], edits: ["admin", "user"] };
/** People see their own tenant and cannot change it: the tenant decides which rows a database shows them. */
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
            validators: [{ name: "pattern", config: { pattern: TENANT_PATTERN, "error-message": "tenant" } }],
        },
    ],
    groups: [],
};
