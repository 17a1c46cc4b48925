import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { kindOf, labelOf } from "../../../cli/pulumi/labels";
import { plan, planText, unchangedIn } from "../../../cli/pulumi/plan";

const CONTAINER = "docker:index/container:Container";
const VOLUME = "docker:index/volume:Volume";
const POLICY = "vault:index/policy:Policy";
const DATA = [{ label: "strata.data", value: "true" }];

let count = 0;

function step(op: string, type: string, inputs: object, more: object = {}): EngineEvent {
    const logical = (more as { logical?: string }).logical ?? `logical-${(count += 1)}`;
    const side = { inputs, outputs: {}, type, urn: "", id: "", parent: "", provider: "", custom: true };
    const urn = `urn:pulumi:production::strata::${type}::${logical}`;
    const sides = { ...(op === "delete" ? {} : { new: side }), ...(op === "create" ? {} : { old: side }) };
    const metadata = { op, urn, type, provider: "", ...sides, ...more } as unknown as StepEventMetadata;
    return { sequence: 1, timestamp: 0, resOutputsEvent: { metadata } };
}

const text = (events: readonly EngineEvent[]): string[] =>
    planText(plan(events)).map(({ mark, text: line }) => `${mark} ${line}`);

test("what goes comes first, then what is replaced, changed and new; every type is in it, by name", () => {
    const events = [
        step("create", "random:index/randomPassword:RandomPassword", {}, { logical: "psra-redis-api" }),
        step("create", "keycloak:index/role:Role", { name: "psra-admin" }),
        step("update", POLICY, { name: "psra-api" }, { diffs: ["policy"] }),
        step(
            "create-replacement",
            CONTAINER,
            { name: "production-psra-api" },
            { keys: ["image"], diffs: ["image", "envs"] },
        ),
        step("delete", "keycloak:openid/client:Client", { name: "psra-web" }),
        step("delete", VOLUME, { name: "production-psra-postgres-data", labels: DATA }),
        step("same", CONTAINER, { name: "production-edge" }),
        step("refresh", CONTAINER, { name: "production-edge" }),
    ];
    expect(text(events)).toEqual([
        "! DATA GOES: volume production-psra-postgres-data is deleted with all in it",
        "- volume production-psra-postgres-data deleted",
        "- Keycloak openid client psra-web deleted",
        "± container production-psra-api replaced (image; also envs)",
        "~ Vault policy psra-api (policy)",
        "+ Keycloak role psra-admin",
        "+ random password psra-redis-api",
    ]);
});

test("the steps of one replacement are one line, whatever their order", () => {
    const ops = ["create-replacement", "replace", "delete-replaced"];
    for (const order of [ops, [...ops].reverse()]) {
        const events = order.map((op) =>
            step(op, CONTAINER, { name: "x" }, { logical: "one", ...(op === "replace" ? { keys: ["image"] } : {}) }),
        );
        expect(text(events)).toEqual(["± container x replaced (image)"]);
    }
});

test("property names come from every field of the event, and no part of a value does", () => {
    const detailedDiff = {
        "envs[3]": { diffKind: "update", inputDiff: true },
        'labels["hunter2.secret"]': { diffKind: "add", inputDiff: true },
        '["odd.key"].x': { diffKind: "update", inputDiff: true },
        __defaults: { diffKind: "update", inputDiff: true },
        image: { diffKind: "update-replace", inputDiff: true },
    };
    const events = [
        step("replace", CONTAINER, { name: "x", envs: ["TOKEN=hunter2"] }, { detailedDiff, diffs: ["memory", "envs"] }),
    ];
    expect(text(events)).toEqual(["± container x replaced (image; also memory, envs, labels, odd)"]);
    expect(JSON.stringify(plan(events))).not.toContain("hunter2");
});

test("components and Pulumi's own resources are not listed, and do not count as unchanged", () => {
    const side = { custom: false, inputs: {}, outputs: {} };
    const same = [
        step("same", "strata:lib:Service", {}),
        step("same", "pulumi:pulumi:Stack", {}),
        step("same", "other:index:Component", {}, { new: side }),
        step("same", CONTAINER, { name: "x" }),
    ];
    const begun = same.map(({ resOutputsEvent }) => ({
        sequence: 1,
        timestamp: 0,
        resourcePreEvent: resOutputsEvent!,
    }));
    expect(unchangedIn([...begun, ...same])).toBe(1);
    expect(
        plan([
            step("create", "strata:lib:Service", {}),
            step("update", "pulumi:providers:docker", {}),
            step("create", "other:index:Component", {}, { new: side }),
        ]),
    ).toEqual([]);
});

describe("what holds data", () => {
    test.each([
        [VOLUME, { name: "n", labels: DATA }, true],
        [VOLUME, { name: "n", labels: [] }, false],
        [VOLUME, { name: "n", labels: [{ label: "strata.data", value: "false" }] }, false],
        ["keycloak:index/realm:Realm", { realm: "n" }, true],
        ["keycloak:index/group:Group", { name: "n" }, true],
        ["keycloak:index/role:Role", { name: "n" }, true],
        ["vault:index/mount:Mount", { path: "n" }, true],
        ["vault:transit/secretBackendKey:SecretBackendKey", { name: "n" }, true],
        ["vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert", { commonName: "n" }, true],
        ["command:local:Command", { name: "n", create: "node components/edge/certificates.mjs authority" }, true],
        ["command:local:Command", { name: "n", create: "node components/edge/certificates.mjs certificate" }, false],
        [POLICY, { name: "n" }, false],
        [CONTAINER, { name: "n" }, false],
    ])("%s %j: %s", (type, inputs, holds) => {
        for (const op of ["delete", "create-replacement", "replace"]) {
            expect(plan([step(op, type, inputs)])).toMatchObject([{ name: "n", losesData: holds }]);
        }
        for (const op of ["create", "update"]) expect(plan([step(op, type, inputs)])[0]?.losesData).toBe(false);
    });

    test("a replacement that says it only once, in its deletion, says it", () => {
        const gone = step("delete-replaced", VOLUME, { name: "n", labels: DATA }, { logical: "v" });
        const next = step("create-replacement", VOLUME, { name: "n", labels: [] }, { logical: "v" });
        const [line] = plan([{ ...next }, gone]);
        expect(line).toMatchObject({ action: "replace", losesData: true });
    });

    test("what stays when it leaves the state loses nothing", () => {
        const old = { inputs: { name: "n", labels: DATA }, outputs: {}, retainOnDelete: true, custom: true };
        expect(plan([step("delete", VOLUME, {}, { old })])).toMatchObject([{ losesData: false }]);
    });
});

test("many new resources are grouped by kind and bounded; changes and deletions never are", () => {
    const events = [
        ...Array.from({ length: 200 }, (_, n) => step("create", CONTAINER, { name: `c${String(n).padStart(3, "0")}` })),
        ...Array.from({ length: 7 }, (_, n) => step("create", VOLUME, { name: `v${n}` })),
        step("create", POLICY, { name: "only" }),
        ...Array.from({ length: 60 }, (_, n) => step("update", POLICY, { name: `p${n}` }, { diffs: ["policy"] })),
        ...Array.from({ length: 30 }, (_, n) => step("delete", POLICY, { name: `q${n}` })),
    ];
    const lines = text(events);
    expect(lines.filter((line) => line.startsWith("~"))).toHaveLength(60);
    expect(lines.filter((line) => line.startsWith("-"))).toHaveLength(30);
    expect(lines.filter((line) => line.startsWith("+"))).toEqual([
        "+ 200 × container: c000, c001, c002, c003, c004, c005 and 194 more",
        "+ 7 × volume: v0, v1, v2, v3, v4, v5, v6",
        "+ Vault policy only",
    ]);
    expect(text(events.slice(0, 20)).filter((line) => line.startsWith("+"))).toHaveLength(20);
});

test("other outputs are a line; those of a new stack are not", () => {
    const type = "pulumi:pulumi:Stack";
    const side = (outputs: object) => ({ inputs: {}, outputs, custom: false });
    const changed = { old: side({ a: 1, b: { c: 1, d: 2 } }), new: side({ b: { d: 2, c: 1 }, e: 1 }) };
    expect(text([step("same", type, {}, changed)])).toEqual(["~ outputs of the stack (a, e)"]);
    expect(text([step("create", type, {}, { new: side({ a: 1 }) })])).toEqual([]);
    const begun = step("same", type, {}, { old: side({ a: 1 }), new: side({}) }).resOutputsEvent!;
    expect(text([{ sequence: 1, timestamp: 0, resourcePreEvent: begun }])).toEqual([]);
});

test("two resources of one name are told apart", () => {
    const mapper = "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper";
    const events = ["web", "api"].map((logical) => step("create", mapper, { name: "audience" }, { logical }));
    expect(text(events).sort()).toEqual([
        "+ Keycloak openid audience protocol mapper audience (api)",
        "+ Keycloak openid audience protocol mapper audience (web)",
    ]);
});

describe("labels", () => {
    test.each([
        [CONTAINER, "container"],
        ["docker:index/remoteImage:RemoteImage", "remote image"],
        ["command:local:Command", "command"],
        ["random:index/randomPassword:RandomPassword", "random password"],
        [POLICY, "Vault policy"],
        ["vault:identity/groupAlias:GroupAlias", "Vault identity group alias"],
        ["vault:appRole/authBackendRole:AuthBackendRole", "Vault AppRole"],
        ["keycloak:index/role:Role", "Keycloak role"],
        ["keycloak:saml/client:Client", "Keycloak saml client"],
        ["tls:index/privateKey:PrivateKey", "tls private key"],
        ["unheard-of", "unheard-of"],
    ])("%s is a %s", (type, kind) => expect(kindOf(type)).toBe(kind));

    test.each([
        [{ name: "shown" }, "shown"],
        [{ path: "psra/kv" }, "psra/kv"],
        [{ name: "[secret]" }, "logical"],
        [{ name: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, "logical"],
        [{ name: "" }, "logical"],
        [{ name: 7 }, "logical"],
        [undefined, "logical"],
    ])("%j is called %s", (inputs, name) =>
        expect(labelOf("urn:pulumi:x::y::z::logical", POLICY, inputs)).toBe(`Vault policy ${name}`),
    );
});

test("every type of the program has a label that reads as words", () => {
    const types = new Set(
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- a data file
        (require("../../golden/production.json") as { resource: string }[]).map(
            ({ resource }) => resource.split(" ")[0] ?? "",
        ),
    );
    for (const type of [...types].filter((it) => !/^(strata|pulumi):/.test(it))) {
        expect(kindOf(type)).toMatch(/^([A-Z]?[a-z-]+|KV|OIDC|AppRole)( ([A-Za-z-]+))*$/);
        expect(kindOf(type)).not.toMatch(/[:/]|backend/);
    }
});
