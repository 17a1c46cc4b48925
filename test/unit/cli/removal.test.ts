import type { RunningContainer } from "../../../engine/containers";
import { describeRemoval, divide, namesOf } from "../../../cli/pulumi/removal";
import { readState } from "../../../cli/pulumi/state";

const resource = (kind: string, id: string, name: string, more: object = {}) => ({
    urn: `urn:pulumi:production::strata::docker:index/${kind.toLowerCase()}:${kind}::${name}`,
    type: `docker:index/${kind.toLowerCase()}:${kind}`,
    id,
    outputs: { name },
    ...more,
});
const begun = (name: string) => ({
    resource: { ...resource("Container", "", name), inputs: { name } },
    type: "creating",
});

const state = readState({
    deployment: {
        resources: [
            resource("Container", "c1", "production-edge"),
            resource("Container", "c0", "production-edge", { delete: true }),
            resource("Network", "n1", "production-edge-net"),
            resource("Volume", "production-vault-data", "production-vault-data"),
        ],
        pending_operations: [begun("production-psra-api")],
    },
});

const container = (id: string, name: string, labels: Record<string, string> = {}) =>
    ({ id, name, labels }) as unknown as RunningContainer;
const volume = (name: string, data: boolean) => ({ id: name, name, data });

const engine = {
    containers: [
        container("c1", "production-edge"),
        container("c0", "production-edge-old"),
        container("c7", "production-psra-api"),
        container("p1", "production-edge-probe", { "strata.role": "probe" }),
        container("p4", "production-psra-api-probe", { "strata.role": "probe" }),
        container("p2", "stranger-probe", { "strata.role": "probe" }),
        container("p3", "production-edge-probe"),
        container("c9", "by-hand"),
        container("c8", "production-psra-web"),
    ],
    networks: [
        { id: "n1", name: "production-edge-net" },
        { id: "n9", name: "production-psra-net" },
    ],
    volumes: [volume("production-vault-data", true), volume("other-data", true), volume("other-files", false)],
};

test("own is what the state knows, what waits for its deletion, what a cut-off operation names, and probes beside them", () => {
    expect(namesOf(divide(state, engine).own)).toEqual([
        "production-edge",
        "production-edge-old",
        "production-psra-api",
        "production-edge-probe",
        "production-psra-api-probe",
        "production-edge-net",
        "production-vault-data",
    ]);
});

test("everything else is foreign, whatever its label and its name say", () => {
    expect(namesOf(divide(state, engine).foreign)).toEqual([
        "stranger-probe",
        "production-edge-probe",
        "by-hand",
        "production-psra-web",
        "production-psra-net",
        "other-files",
        "other-data",
    ]);
});

test("a container of a name that the state knows, but with another id, is not the state's", () => {
    const replaced = { ...engine, containers: [container("c99", "production-edge")], networks: [], volumes: [] };
    expect(namesOf(divide(state, replaced).own)).toEqual([]);
});

test("without a state nothing is own", () => {
    const { own, foreign } = divide(undefined, engine);
    expect([namesOf(own).length, namesOf(foreign).length]).toEqual([0, 14]);
});

test("what goes and what stays is said by name, data first when it goes", () => {
    const { own } = divide(state, engine);
    expect(describeRemoval(own, false).at(-1)).toBe("1 volumes with data stay: production-vault-data");
    expect(describeRemoval(own, true)[0]).toBe("1 DATA VOLUMES go, with all that was written: production-vault-data");
    expect(describeRemoval(own, false).join()).not.toContain("DATA");
});
