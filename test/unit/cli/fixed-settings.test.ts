import type { Failure } from "../../../cli/failure";
import { fixedSettings, refuseFixedSettings } from "../../../cli/pulumi/fixed-settings";
import { readState } from "../../../cli/pulumi/state";
import { configOf, resolve, shop } from "../model/fixtures";

const KEY = "strata:orchestration.temporal.shards";

const servicesWith = (shards: number) =>
    resolve([shop], configOf({ orchestration: { temporal: { shards } } })).services;

/** A state whose last declaration had these services. */
function stateOf(services: readonly object[]): ReturnType<typeof readState> {
    const urn = "urn:pulumi:local::strata::strata:network:FlowPlan::flow-plan";
    return readState({
        deployment: { resources: [{ urn, type: "strata:network:FlowPlan", outputs: { services } }] },
    });
}

function failureOf(action: () => void): Failure | undefined {
    try {
        action();
        return undefined;
    } catch (error) {
        return error as Failure;
    }
}

test("another number of shards is refused while the databases have theirs", () => {
    const failure = failureOf(() => refuseFixedSettings(stateOf(servicesWith(4)), servicesWith(8), "staging"));
    expect(failure?.message).toBe(`${KEY} is 8, and the data was made with 4`);
    expect(failure?.next).toMatch(/^set it back to 4;/);
});

test.each([
    ["the same number", stateOf(servicesWith(8))],
    ["a state that has no Temporal yet", stateOf(resolve([shop]).services)],
    ["a new environment", stateOf([])],
    ["a state with kinds that this release does not have", stateOf([{ name: "x", kind: "later", spec: {} }])],
])("%s is accepted", (_what, state) => {
    expect(() => refuseFixedSettings(state, servicesWith(8), "staging")).not.toThrow();
});

test("kinds without such settings have none", () => {
    expect(fixedSettings(resolve([shop]).services)).toEqual({});
});
