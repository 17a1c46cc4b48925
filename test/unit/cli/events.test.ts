import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { countsLine, sum } from "../../../cli/pulumi/counts";
import { type Purpose, UpdateView } from "../../../cli/pulumi/events";

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

test("what a job wrote is kept, whatever its lines look like", () => {
    const { view } = viewAt();
    const message =
        'exit status 1: running "node run-job.mjs x 600":\nx ended with 1 after 2 s. Its last 2 lines:\n    | * 1 error occurred:\n    | \t* no';
    view.apply(event({ diagnosticEvent: { urn: "urn:a::x-run", message, color: "never", severity: "error" } }));
    expect(view.errors).toEqual([`x-run: ${message}`]);
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

describe("counts", () => {
    const COMPONENT = "strata:lib:Service";

    /** A run with a step for each operation and type, whose summary counts as the engine does: components, too. */
    function ran(purpose: Purpose, steps: readonly (readonly [op: string, type: string])[]): UpdateView {
        const { view } = viewAt(purpose);
        const resourceChanges: Record<string, number> = {};
        steps.forEach(([op, type], n) => {
            const metadata = step(op, `r${n}`, {}, { type });
            view.apply(event({ resourcePreEvent: { metadata } }));
            view.apply(event({ resOutputsEvent: { metadata } }));
            resourceChanges[op] = (resourceChanges[op] ?? 0) + 1;
        });
        const summary = { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} };
        view.apply(event({ summaryEvent: summary }));
        return view;
    }

    const steps = [
        ["create", CONTAINER],
        ["create", COMPONENT],
        ["update", CONTAINER],
        ["update", "pulumi:providers:docker"],
        ["replace", CONTAINER],
        ["delete", CONTAINER],
        ["refresh", CONTAINER],
        ["same", CONTAINER],
        ["same", COMPONENT],
    ] as const;

    test.each(["update", "preview", "check", "removal"] as const)(
        "of a run for %s are those of its plan: neither components nor a refresh count",
        (purpose) => {
            const view = ran(purpose, steps);
            const counts = { deleted: 1, replaced: 1, changed: 1, created: 1, outputs: false, unchanged: 1 };
            expect(view.counts).toEqual(counts);
            expect(view.plan).toHaveLength(4);
            expect(countsLine(view)).toBe("1 deleted, 1 replaced, 1 changed, 1 created, 1 unchanged");
        },
    );

    test.each([
        [[["same", CONTAINER]], "0 changes, 1 unchanged"],
        [[["create", CONTAINER]], "1 created, 0 unchanged"],
        [
            [
                ["update", COMPONENT],
                ["same", CONTAINER],
            ],
            "records of the state, 1 unchanged",
        ],
    ] as const)("of %j read %s", (some, text) => expect(countsLine(ran("update", some))).toBe(text));

    test("have the outputs in them, of which the engine's summary has nothing", () => {
        const { view } = viewAt("update");
        const side = (outputs: object) =>
            ({ inputs: {}, outputs, custom: false }) as unknown as StepEventMetadata["old"] & object;
        const type = "pulumi:pulumi:Stack";
        const metadata = step("same", "stack", {}, { type, old: side({ a: 1 }), new: side({ a: 2 }) });
        view.apply(event({ resOutputsEvent: { metadata } }));
        expect(countsLine(view)).toBe("other outputs, 0 unchanged");
    });

    test("of two updates are their sum, with what the second leaves as it is", () => {
        const [first, second] = [ran("update", steps), ran("update", [["create", CONTAINER]])];
        expect(sum(first.counts, second.counts)).toMatchObject({ created: 2, changed: 1, unchanged: 0 });
    });
});

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
