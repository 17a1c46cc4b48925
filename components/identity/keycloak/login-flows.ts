import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";

import { SECOND_FACTOR_ROLE } from "../../../model/identity/realm";

/** Inputs for {@link LoginFlows}. */
export interface LoginFlowsArgs {
    readonly realmId: pulumi.Input<string>;
    readonly database: pulumi.Resource;
    /** A hash of the realm's settings. */
    readonly settings: string;
}

/**
 * How people log in: password, then a second factor for whoever has the role for it or has set one up. Whoever has the role
 * and no second factor sets one up before anything else. Passwords alone, without a browser, let nobody in.
 */
export class LoginFlows extends pulumi.ComponentResource {
    constructor(name: string, args: LoginFlowsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:LoginFlows", name, {}, opts);

        const { realmId } = args;
        const kept = { parent: this, deletedWith: args.database };
        const { Flow, Subflow, Execution, ExecutionConfig } = keycloak.authentication;

        // Executions run in the order in which they were made: each waits for the one before it. (`priority`, which says it
        // outright, is unknown to the older provider.)
        let last: pulumi.Resource[] = [];
        const inOrder = <T extends pulumi.Resource>(resource: T): T => {
            last = [resource];
            return resource;
        };
        const options = (): pulumi.CustomResourceOptions => ({ ...kept, dependsOn: last });
        const execution = (
            suffix: string,
            parent: pulumi.Input<string>,
            authenticator: string,
            requirement: string,
        ): keycloak.authentication.Execution =>
            inOrder(
                new Execution(
                    `${name}-${suffix}`,
                    { realmId, parentFlowAlias: parent, authenticator, requirement },
                    options(),
                ),
            );
        const subflow = (
            suffix: string,
            parent: pulumi.Input<string>,
            requirement: string,
            description: string,
        ): keycloak.authentication.Subflow =>
            inOrder(
                new Subflow(
                    `${name}-${suffix}`,
                    {
                        realmId,
                        parentFlowAlias: parent,
                        alias: `strata ${suffix}`,
                        description,
                        providerId: "basic-flow",
                        requirement,
                    },
                    options(),
                ),
            );

        const browser = inOrder(
            new Flow(
                `${name}-browser`,
                { realmId, alias: "strata browser", description: "Login in a browser", providerId: "basic-flow" },
                kept,
            ),
        );
        execution("cookie", browser.alias, "auth-cookie", "ALTERNATIVE");
        const forms = subflow("forms", browser.alias, "ALTERNATIVE", "Password and second factor");
        execution("password", forms.alias, "auth-username-password-form", "REQUIRED");

        const mandatory = subflow("mandatory-factor", forms.alias, "CONDITIONAL", "For roles that ask for it");
        const condition = execution("has-role", mandatory.alias, "conditional-user-role", "REQUIRED");
        inOrder(
            new ExecutionConfig(
                `${name}-has-role-config`,
                {
                    realmId,
                    executionId: condition.id,
                    alias: "strata second factor",
                    config: { condUserRole: SECOND_FACTOR_ROLE, negate: "false" },
                },
                options(),
            ),
        );
        execution("mandatory-otp", mandatory.alias, "auth-otp-form", "REQUIRED");

        const chosen = subflow("chosen-factor", forms.alias, "CONDITIONAL", "For others who have set one up");
        const others = execution("has-no-role", chosen.alias, "conditional-user-role", "REQUIRED");
        inOrder(
            new ExecutionConfig(
                `${name}-has-no-role-config`,
                {
                    realmId,
                    executionId: others.id,
                    alias: "strata no second factor",
                    config: { condUserRole: SECOND_FACTOR_ROLE, negate: "true" },
                },
                options(),
            ),
        );
        execution("is-configured", chosen.alias, "conditional-user-configured", "REQUIRED");
        execution("chosen-otp", chosen.alias, "auth-otp-form", "REQUIRED");

        const direct = inOrder(
            new Flow(
                `${name}-direct`,
                {
                    realmId,
                    alias: "strata direct grant",
                    description: "Passwords outside a browser let nobody in",
                    providerId: "basic-flow",
                },
                options(),
            ),
        );
        execution("deny", direct.alias, "deny-access-authenticator", "REQUIRED");

        new keycloak.authentication.Bindings(
            `${name}-bindings`,
            {
                realmId,
                browserFlow: browser.alias,
                directGrantFlow: direct.alias,
                registrationFlow: "registration",
                resetCredentialsFlow: "reset credentials",
                clientAuthenticationFlow: "clients",
                dockerAuthenticationFlow: "docker auth",
            },
            { ...options(), replacementTrigger: args.settings, deleteBeforeReplace: true },
        );
        this.registerOutputs({});
    }
}
