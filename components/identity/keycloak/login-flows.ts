import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";

import {
    BROWSER_FLOW,
    DIRECT_GRANT_FLOW,
    FLOW_BINDINGS,
    isSubflow,
    type LoginFlow,
    priorityOf,
    type Step,
    subflowAlias,
} from "../../../model/identity/login-flows";

/** Inputs for {@link LoginFlows}. */
export interface LoginFlowsArgs {
    readonly realmId: pulumi.Input<string>;
    readonly database: pulumi.Resource;
}

/** The realm's login flows with the order of their steps, and their bindings. */
export class LoginFlows extends pulumi.ComponentResource {
    constructor(name: string, args: LoginFlowsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:LoginFlows", name, {}, opts);

        const { realmId } = args;
        const kept = { parent: this, deletedWith: args.database };
        const { Flow, Subflow, Execution, ExecutionConfig, Bindings } = keycloak.authentication;
        const parts: pulumi.Resource[] = [];
        const add = <T extends pulumi.Resource>(part: T): T => {
            parts.push(part);
            return part;
        };

        const addSteps = (parentFlowAlias: pulumi.Input<string>, steps: readonly Step[]): void => {
            steps.forEach((step, index) => {
                const { requirement } = step;
                const place = { realmId, parentFlowAlias, requirement, priority: priorityOf(index) };
                if (isSubflow(step)) {
                    const { description } = step;
                    const own = { alias: subflowAlias(step), description, providerId: "basic-flow" };
                    const subflow = add(new Subflow(`${name}-${step.name}`, { ...place, ...own }, kept));
                    addSteps(subflow.alias, step.steps);
                    return;
                }
                const { authenticator, config } = step;
                const execution = add(new Execution(`${name}-${step.name}`, { ...place, authenticator }, kept));
                if (config) {
                    const own = { executionId: execution.id, alias: config.alias, config: config.values };
                    add(new ExecutionConfig(`${name}-${step.name}-config`, { realmId, ...own }, kept));
                }
            });
        };
        const addFlow = ({ name: suffix, alias, description, steps }: LoginFlow): void => {
            const own = { realmId, alias, description, providerId: "basic-flow" };
            addSteps(add(new Flow(`${name}-${suffix}`, own, kept)).alias, steps);
        };
        addFlow(BROWSER_FLOW);
        addFlow(DIRECT_GRANT_FLOW);

        new Bindings(
            `${name}-bindings`,
            { realmId, ...FLOW_BINDINGS },
            // Binds a flow once it is complete. Deleting the bindings restores the built-in flows, so the deletion must not
            // come last.
            { ...kept, dependsOn: parts, deleteBeforeReplace: true },
        );
        this.registerOutputs({});
    }
}
