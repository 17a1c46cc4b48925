import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { countsLine, type Purpose, UpdateView } from "../../../cli/pulumi/events";

const URN = (type: string, name: string) => `urn:pulumi:local::strata::${type}::${name}`;
const CONTAINER = "docker:index/container:Container";

function step(op: string, name: string, inputs: Record<string, unknown>, more: Partial<StepEventMetadata> = {}) {
    const side = { inputs, outputs: {}, type: CONTAINER, urn: "", id: "", parent: "", provider: "" };
    const urn = URN(more.type ?? CONTAINER, name);
    return { op, urn, type: CONTAINER, new: side, provider: "", ...more } as StepEventMetadata;
}

const event = (part: Partial<EngineEvent>): EngineEvent => ({ sequence: 1, timestamp: 0, ...part });

function viewAt(purpose: Purpose = "update", said?: Set<string>) {
    const clock = { now: 1000 };
    return { clock, view: new UpdateView(purpose, said, () => clock.now) };
}

test("a container with a health check is waited for by name, then reported healthy with its time", () => {
    const { clock, view } = viewAt();
    const metadata = step("create", "vault-container", { name: "local-vault", wait: true });
    expect(view.apply(event({ resourcePreEvent: { metadata } }))).toEqual([]);
    clock.now = 9200;
    expect(view.waiting()).toBe("waiting for health of container local-vault 8.2 s");
    expect(view.apply(event({ resOutputsEvent: { metadata } }))).toEqual([
        { mark: "✓", text: "container local-vault created, healthy", elapsed: 8200 },
    ]);
    expect(view.waiting()).toBeUndefined();
});

test("only three waits are shown, the longest first", () => {
    const { clock, view } = viewAt();
    for (const name of ["a", "b", "c", "d", "e"]) {
        const metadata = step("create", name, { name });
        view.apply(event({ resourcePreEvent: { metadata } }));
        clock.now += 1000;
    }
    expect(view.waiting()).toBe(
        "creating container a 5.0 s, creating container b 4.0 s, creating container c 3.0 s and 2 more",
    );
});

test("a replacement is one line; generated passwords and components are none", () => {
    const { view } = viewAt();
    const inputs = { name: "local-psra-api" };
    const lines = ["delete-replaced", "replace", "create-replacement"].flatMap((op) =>
        view.apply(event({ resOutputsEvent: { metadata: step(op, "psra-api", inputs) } })),
    );
    expect(lines).toEqual([{ mark: "✓", text: "container local-psra-api replaced" }]);
    const type = "random:index/randomPassword:RandomPassword";
    expect(view.apply(event({ resOutputsEvent: { metadata: step("create", "p", {}, { type }) } }))).toEqual([]);
});

test("what the user's stop cut off is stopped, not failed", () => {
    const { view, clock } = viewAt();
    const metadata = step("create", "psra", { name: "local-psra" });
    view.apply(event({ resourcePreEvent: { metadata } }));
    view.isStopping = true;
    clock.now += 2000;
    expect(view.apply(event({ resOpFailedEvent: { metadata, status: 1, steps: 1 } }))).toEqual([
        { mark: "!", text: "container local-psra stopped", elapsed: 2000 },
    ]);
});

test("a preview prints nothing as it goes: its plan is read when it is whole", () => {
    const { view } = viewAt("preview");
    const metadata = step("update", "psra-api", { name: "local-psra-api" }, { diffs: ["envs"] });
    expect(view.apply(event({ resourcePreEvent: { metadata } }))).toEqual([]);
    expect(view.waiting()).toBeUndefined();
    expect(view.apply(event({ resOutputsEvent: { metadata } }))).toEqual([]);
    expect(view.plan).toMatchObject([{ action: "change", kind: "container", properties: ["envs"] }]);
});

test.each(["update", "delete", "create-replacement"])("an update says each %s, inside servers too", (op) => {
    const { view } = viewAt();
    const type = "vault:index/policy:Policy";
    const words = { update: "changed", delete: "removed", "create-replacement": "replaced" }[op];
    expect(view.apply(event({ resOutputsEvent: { metadata: step(op, "p", { name: "psra-api" }, { type }) } }))).toEqual(
        [{ mark: "✓", text: `Vault policy psra-api ${words}` }],
    );
    expect(
        view.apply(event({ resOutputsEvent: { metadata: step(op, "plan", {}, { type: "strata:network:FlowPlan" }) } })),
    ).toEqual([]);
});

test("a removal says what takes time, not every entry of a server that goes as a whole", () => {
    const { view } = viewAt("removal");
    const inside = step("delete", "p", { name: "psra-api" }, { type: "vault:index/policy:Policy" });
    expect(view.apply(event({ resOutputsEvent: { metadata: inside } }))).toEqual([]);
    const outside = step("delete", "edge", { name: "local-edge" });
    view.apply(event({ resourcePreEvent: { metadata: outside } }));
    expect(view.waiting()).toBe("removing container local-edge 0.0 s");
    expect(view.apply(event({ resOutputsEvent: { metadata: outside } }))).toMatchObject([
        { mark: "✓", text: "container local-edge removed" },
    ]);
});

test("policies that wait for values are kept for one note, and a mandatory refusal is none of them", () => {
    const { view } = viewAt("check");
    const waiting = (policyName: string, enforcementLevel: "warning" | "mandatory" = "warning") =>
        event({
            policyEvent: {
                message: `<{%fg 1%}>can't run policy "${policyName}" from policy pack "strata@v0.1.0" during preview: x is not known<{%reset%}>`,
                color: "never",
                policyName,
                policyPackName: "strata",
                policyPackVersion: "1",
                policyPackVersionTag: "1",
                enforcementLevel,
            },
        });
    expect(["a", "b", "a"].flatMap((name) => view.apply(waiting(name)))).toEqual([]);
    expect([...view.unchecked]).toEqual(["a", "b"]);
    expect(view.apply(waiting("c", "mandatory"))).toHaveLength(1);
    expect(view.policyViolated).toBe(true);
});

test("a failure names the container, and its error is kept once, without colour directives", () => {
    const { view } = viewAt();
    const metadata = step("create", "vault-container", { name: "local-vault", wait: true });
    const { urn } = metadata;
    const message = "<{%fg 1%}>container is unhealthy<{%reset%}>\n";
    const error = event({ diagnosticEvent: { urn, message, color: "never", severity: "error" } });
    view.apply(error);
    view.apply(error);
    expect(view.apply(event({ resOpFailedEvent: { metadata, status: 0, steps: 1 } }))).toEqual([
        { mark: "✗", text: "container local-vault: create failed" },
    ]);
    expect(view.failed).toEqual([{ urn, label: "container local-vault", container: "local-vault" }]);
    expect(view.errors).toEqual(["vault-container: container is unhealthy"]);
});

test("the wrapping of a provider's error is taken off, so that the same error is there once", () => {
    const { view } = viewAt();
    const urn = URN(CONTAINER, "redis-container");
    const said = "container failed to be in healthy state";
    const messages = [
        `sdk-v2/provider2.go:571: sdk.helper_schema: ${said}: provider=docker@5.2.0`,
        `1 error occurred:\n\t* creating ${urn}: 1 error occurred:\n\t* ${said}\n\n`,
    ];
    for (const message of messages) {
        view.apply(event({ diagnosticEvent: { urn, message, color: "never", severity: "error" } }));
    }
    expect(view.errors).toEqual([`redis-container: ${said}`]);
});

test("only containers whose health is awaited for long enough are worth a look", () => {
    const { clock, view } = viewAt();
    const awaited = step("create", "vault", { name: "local-vault", wait: true });
    const made = step("create", "vault-writer", { name: "local-vault-writer" });
    [awaited, made].forEach((metadata) => view.apply(event({ resourcePreEvent: { metadata } })));
    clock.now += 9_999;
    expect(view.waitingContainers(10_000)).toEqual([]);
    clock.now += 1;
    expect(view.waitingContainers(10_000)).toEqual(["local-vault"]);
});

test("the engine's closing words about a failure are no error of their own", () => {
    const { view } = viewAt();
    const urn = URN("pulumi:pulumi:Stack", "strata-local");
    view.apply(event({ diagnosticEvent: { urn, message: "update failed", color: "never", severity: "error" } }));
    expect(view.errors).toEqual([]);
});

test("a mandatory policy is a violation, an advisory one a warning", () => {
    const { view } = viewAt();
    const policy = {
        resourceUrn: URN(CONTAINER, "vault-container"),
        message: "drop ALL capabilities",
        color: "never",
        policyName: "container-drops-capabilities",
        policyPackName: "strata",
        policyPackVersion: "1",
        policyPackVersionTag: "1",
    };
    const text = "policy container-drops-capabilities (vault-container): drop ALL capabilities";
    expect(view.apply(event({ policyEvent: { ...policy, enforcementLevel: "warning" } }))).toEqual([
        { mark: "!", text },
    ]);
    expect(view.policyViolated).toBe(false);
    expect(view.apply(event({ policyEvent: { ...policy, enforcementLevel: "mandatory" } }))).toEqual([
        { mark: "✗", text },
    ]);
    expect(view.policyViolated).toBe(true);
});

test("counts come from the summary: a replacement is a change, a refresh is nothing", () => {
    const { view } = viewAt();
    const resourceChanges = { create: 3, update: 1, replace: 2, delete: 4, same: 40, refresh: 9, "delete-replaced": 2 };
    view.apply(event({ summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} } }));
    expect(view.counts).toEqual({ created: 3, changed: 3, removed: 4, unchanged: 40 });
});

test.each([
    [{ created: 0, changed: 0, removed: 0, unchanged: 52 }, "0 changes, 52 unchanged"],
    [{ created: 12, changed: 1, removed: 0, unchanged: 40 }, "12 created, 1 changed, 40 unchanged"],
    [{ created: 0, changed: 0, removed: 2, unchanged: 50 }, "0 created, 0 changed, 50 unchanged, 2 removed"],
])("%j reads %s", (counts, text) => expect(countsLine(counts)).toBe(text));

describe("a check before an update", () => {
    const warning = event({ diagnosticEvent: { severity: "warning", message: "old engine", color: "never" } });

    test("shows no plan, says warnings, and the update does not say them again", () => {
        const { view } = viewAt("check");
        const metadata = step("create", "psra-api", { name: "local-psra-api" });
        expect(view.apply(event({ resOutputsEvent: { metadata } }))).toEqual([]);
        expect(view.apply(warning)).toEqual([{ mark: "!", text: "old engine" }]);
        expect(viewAt("update", view.said).view.apply(warning)).toEqual([]);
    });

    test.each([
        [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, false],
        [{ a: 1 }, { a: 2 }, true],
        [{ a: 1 }, {}, true],
        [undefined, { a: 1 }, true],
    ])("outputs %j, then %j: changed is %s", (before, after, changed) => {
        const { view } = viewAt("check");
        const side = (outputs: unknown) => ({ inputs: {}, outputs }) as StepEventMetadata["new"];
        const stack = {
            ...step("same", "stack", {}),
            type: "pulumi:pulumi:Stack",
            old: side(before),
            new: side(after),
        };
        view.apply(event({ resOutputsEvent: { metadata: stack as StepEventMetadata } }));
        expect(view.outputsChanged).toBe(changed);
    });
});
