/** How people log in, as Keycloak's authentication flows: plain data, so that the component and the command line's check agree. */

import { SECOND_FACTOR_ROLE } from "./realm";

/** How a step counts in its flow. */
export type Requirement = "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL";

/** A step that Keycloak knows by the name of its authenticator. */
export interface Execution {
    /** Part of the logical name; unique among all flows. */
    readonly name: string;
    readonly authenticator: string;
    readonly requirement: Requirement;
    readonly config?: { readonly alias: string; readonly values: Readonly<Record<string, string>> };
}

/** A group of steps. */
export interface Subflow {
    /** As {@link Execution.name}; the alias in the realm is `strata <name>`. */
    readonly name: string;
    readonly description: string;
    readonly requirement: Requirement;
    readonly steps: readonly Step[];
}

/** Steps run in the order in which they are written here. */
export type Step = Execution | Subflow;

/** A flow that a realm can be bound to. */
export interface LoginFlow {
    /** Part of the logical name. */
    readonly name: string;
    readonly alias: string;
    readonly description: string;
    readonly steps: readonly Step[];
}

export function isSubflow(step: Step): step is Subflow {
    return "steps" in step;
}

/** Alias of a subflow in the realm. */
export function subflowAlias({ name }: Subflow): string {
    return `strata ${name}`;
}

/**
 * The priority of a step among its siblings. Keycloak runs steps of equal priority in the order in which the database
 * returns them.
 *
 * @param index - from 0
 */
export function priorityOf(index: number): number {
    return 10 * (index + 1);
}

/**
 * Password, then a second factor for people who have the second-factor role or have set up a factor. A person with the role
 * and without a factor sets one up before anything else.
 */
export const BROWSER_FLOW: LoginFlow = {
    name: "browser",
    alias: "strata browser",
    description: "Login in a browser",
    steps: [
        { name: "cookie", authenticator: "auth-cookie", requirement: "ALTERNATIVE" },
        {
            name: "forms",
            description: "Password and second factor",
            requirement: "ALTERNATIVE",
            steps: [
                { name: "password", authenticator: "auth-username-password-form", requirement: "REQUIRED" },
                {
                    name: "mandatory-factor",
                    description: "For roles that ask for it",
                    requirement: "CONDITIONAL",
                    steps: [
                        {
                            name: "has-role",
                            authenticator: "conditional-user-role",
                            requirement: "REQUIRED",
                            config: {
                                alias: "strata second factor",
                                values: { condUserRole: SECOND_FACTOR_ROLE, negate: "false" },
                            },
                        },
                        { name: "mandatory-otp", authenticator: "auth-otp-form", requirement: "REQUIRED" },
                    ],
                },
                {
                    name: "chosen-factor",
                    description: "For others who have set one up",
                    requirement: "CONDITIONAL",
                    steps: [
                        {
                            name: "has-no-role",
                            authenticator: "conditional-user-role",
                            requirement: "REQUIRED",
                            config: {
                                alias: "strata no second factor",
                                values: { condUserRole: SECOND_FACTOR_ROLE, negate: "true" },
                            },
                        },
                        {
                            name: "is-configured",
                            authenticator: "conditional-user-configured",
                            requirement: "REQUIRED",
                        },
                        { name: "chosen-otp", authenticator: "auth-otp-form", requirement: "REQUIRED" },
                    ],
                },
            ],
        },
    ],
};

/** Refuses passwords outside a browser. */
export const DIRECT_GRANT_FLOW: LoginFlow = {
    name: "direct",
    alias: "strata direct grant",
    description: "Passwords outside a browser let nobody in",
    steps: [{ name: "deny", authenticator: "deny-access-authenticator", requirement: "REQUIRED" }],
};

/** Alias of the flow that each kind of login is bound to, by the realm's property. */
export const FLOW_BINDINGS = {
    browserFlow: BROWSER_FLOW.alias,
    directGrantFlow: DIRECT_GRANT_FLOW.alias,
    registrationFlow: "registration",
    resetCredentialsFlow: "reset credentials",
    clientAuthenticationFlow: "clients",
    dockerAuthenticationFlow: "docker auth",
} as const;

/** A realm's bindings, as the administration API gives them. */
export type FlowBindings = Readonly<Partial<Record<keyof typeof FLOW_BINDINGS, string>>>;

/** One line of `GET /authentication/flows/{alias}/executions`, as far as it is compared. */
export interface LiveExecution {
    readonly level: number;
    readonly requirement: string;
    /** Authenticator; missing for a subflow. */
    readonly providerId?: string;
    /** Alias of a subflow. */
    readonly displayName?: string;
}

/** The bindings that differ from the declared ones; empty when all agree. */
export function wrongBindings(live: FlowBindings): string[] {
    return Object.entries(FLOW_BINDINGS)
        .filter(([property, alias]) => live[property as keyof FlowBindings] !== alias)
        .map(([property, alias]) => {
            const found = live[property as keyof FlowBindings];
            return `${property} is ${JSON.stringify(found ?? null)}, declared: ${JSON.stringify(alias)}`;
        });
}

/**
 * Where a flow of the realm differs from the declared one: steps, their requirements, their order.
 *
 * @param live - in the order in which Keycloak runs them
 * @returns the first difference, or nothing
 */
export function wrongStep(flow: LoginFlow, live: readonly LiveExecution[]): string | undefined {
    const declared = flatten(flow.steps, 0);
    const found = live.map(describe);
    for (let place = 0; place < Math.max(declared.length, found.length); place++) {
        if (declared[place] !== found[place]) {
            return `step ${place + 1} of ${JSON.stringify(flow.alias)} is ${found[place] ?? "missing"}, declared: ${declared[place] ?? "none"}`;
        }
    }
    return undefined;
}

function flatten(steps: readonly Step[], level: number): string[] {
    return steps.flatMap((step) =>
        isSubflow(step)
            ? [
                  describe({ level, requirement: step.requirement, displayName: subflowAlias(step) }),
                  ...flatten(step.steps, level + 1),
              ]
            : [describe({ level, requirement: step.requirement, providerId: step.authenticator })],
    );
}

function describe({ level, requirement, providerId, displayName }: LiveExecution): string {
    return `${providerId ?? displayName ?? "unknown"} (${requirement}, level ${level})`;
}
