import {
    BROWSER_FLOW,
    DIRECT_GRANT_FLOW,
    FLOW_BINDINGS,
    isSubflow,
    type LiveExecution,
    priorityOf,
    type Step,
    subflowAlias,
    wrongBindings,
    wrongStep,
} from "../../../model/identity/login-flows";

/** As Keycloak lists a flow that is what is declared. */
const LIVE: readonly LiveExecution[] = [
    { level: 0, requirement: "ALTERNATIVE", providerId: "auth-cookie" },
    { level: 0, requirement: "ALTERNATIVE", displayName: "strata forms" },
    {
        level: 1,
        requirement: "REQUIRED",
        providerId: "auth-username-password-form",
        displayName: "Username Password Form",
    },
    { level: 1, requirement: "CONDITIONAL", displayName: "strata mandatory-factor" },
    { level: 2, requirement: "REQUIRED", providerId: "conditional-user-role" },
    { level: 2, requirement: "REQUIRED", providerId: "auth-otp-form" },
    { level: 1, requirement: "CONDITIONAL", displayName: "strata chosen-factor" },
    { level: 2, requirement: "REQUIRED", providerId: "conditional-user-role" },
    { level: 2, requirement: "REQUIRED", providerId: "conditional-user-configured" },
    { level: 2, requirement: "REQUIRED", providerId: "auth-otp-form" },
];

const without = (place: number): LiveExecution[] => LIVE.filter((_, index) => index !== place);
const moved = (from: number, to: number): LiveExecution[] => {
    const rest = without(from);
    rest.splice(to, 0, LIVE[from]!);
    return rest;
};

test("a flow as declared has no wrong step", () => {
    expect(wrongStep(BROWSER_FLOW, LIVE)).toBeUndefined();
});

test("a cookie at the end, as after a requirement that was put back, is found (G-3)", () => {
    expect(wrongStep(BROWSER_FLOW, moved(0, 9))).toBe(
        'step 1 of "strata browser" is strata forms (ALTERNATIVE, level 0), declared: auth-cookie (ALTERNATIVE, level 0)',
    );
});

test("a second factor that is asked for before the password is found (G-3)", () => {
    const factorFirst = [LIVE[0]!, LIVE[1]!, ...LIVE.slice(3, 6), LIVE[2]!, ...LIVE.slice(6)];
    expect(wrongStep(BROWSER_FLOW, factorFirst)).toContain("declared: auth-username-password-form (REQUIRED, level 1)");
});

test.each(LIVE.map((step, place) => [place, step.displayName ?? step.providerId] as const))(
    "a flow without its step %i (%s) is found",
    (place) => {
        expect(wrongStep(BROWSER_FLOW, without(place))).toBeDefined();
    },
);

test("a step that is switched off, and one too many, are found", () => {
    const off = LIVE.map((step, place) => (place === 3 ? { ...step, requirement: "DISABLED" } : step));
    expect(wrongStep(BROWSER_FLOW, off)).toContain("strata mandatory-factor (DISABLED, level 1)");
    const more = [...LIVE, { level: 0, requirement: "ALTERNATIVE", providerId: "auth-username-form" }];
    expect(wrongStep(BROWSER_FLOW, more)).toContain("declared: none");
});

test("passwords outside a browser are denied", () => {
    expect(
        wrongStep(DIRECT_GRANT_FLOW, [{ level: 0, requirement: "REQUIRED", providerId: "deny-access-authenticator" }]),
    ).toBeUndefined();
    expect(wrongStep(DIRECT_GRANT_FLOW, [])).toContain("is missing");
});

test("each binding that is another one is named, with both values (G-1)", () => {
    expect(wrongBindings(FLOW_BINDINGS)).toEqual([]);
    expect(wrongBindings({ ...FLOW_BINDINGS, browserFlow: "browser", directGrantFlow: "direct grant" })).toEqual([
        'browserFlow is "browser", declared: "strata browser"',
        'directGrantFlow is "direct grant", declared: "strata direct grant"',
    ]);
    expect(wrongBindings({})).toHaveLength(Object.keys(FLOW_BINDINGS).length);
});

describe("the declared flows", () => {
    const all = (steps: readonly Step[]): Step[] =>
        steps.flatMap((step) => [step, ...(isSubflow(step) ? all(step.steps) : [])]);
    const steps = [BROWSER_FLOW, DIRECT_GRANT_FLOW].flatMap((flow) => all(flow.steps));

    test("have a name for each step, and an alias for each subflow", () => {
        const names = steps.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(steps.filter(isSubflow).map(subflowAlias)).toEqual([
            "strata forms",
            "strata mandatory-factor",
            "strata chosen-factor",
        ]);
    });

    test("give no two siblings the same priority, and none zero: the server takes a missing one for that", () => {
        expect([0, 1, 2].map(priorityOf)).toEqual([10, 20, 30]);
    });
});
