/** An engine that has nothing of what the state knows is most often another machine's. */

import { refuseOtherEngine } from "../../../cli/pulumi/right-engine";
import { readState } from "../../../cli/pulumi/state";
import type { Stack } from "../../../cli/stacks/stack";

const OWN = "vm/AAAA";
const OTHER = "elsewhere/BBBB";
const MADE = Date.parse("2026-06-01T00:00:00Z");

type Sight = Parameters<typeof refuseOtherEngine>[0];
type Present = Parameters<typeof refuseOtherEngine>[2];
type Intent = NonNullable<Parameters<typeof refuseOtherEngine>[3]>;

const labels = (pairs: Record<string, string>) => Object.entries(pairs).map(([label, value]) => ({ label, value }));
const resource = (type: string, id: string, name: string, more: object = {}) => ({
    urn: `urn:pulumi:x::strata::${type}::${name}`,
    type,
    id,
    created: new Date(MADE).toISOString(),
    outputs: { name, labels: labels({ "strata.environment": "production", "strata.data": "true" }), ...more },
});
const container = resource("docker:index/container:Container", "c1", "production-edge");
const network = resource("docker:index/network:Network", "n1", "production-edge-net");
const data = ["production-db-data", "production-vault-data"].map((name) =>
    resource("docker:index/volume:Volume", name, name),
);
const recorded = (engine: string) => ({
    urn: "urn:pulumi:x::strata::strata:lib:Supply::supply",
    type: "strata:lib:Supply",
    inputs: { way: "published", origin: "upstream" },
    outputs: { engine },
});
const begun = [{ type: "creating", resource: { ...network, inputs: { name: "production-edge-net" } } }];

/** What the engine has. */
interface Has {
    readonly identity?: string;
    readonly containers?: readonly string[];
    readonly networks?: readonly string[];
    /** When the data volumes were made; `NaN` for an engine that does not say. */
    readonly volumes?: number;
    readonly owner?: string;
}

/** @param resources - of the state @returns the refusal, if there is one */
async function refusal(
    resources: readonly object[],
    has: Has,
    intent: Intent = {},
    { name = "production", pending = [] }: { name?: string; pending?: readonly object[] } = {},
): Promise<{ message: string; next: string; details: readonly string[] } | undefined> {
    const state = readState({ deployment: { resources, pending_operations: pending } });
    const objects = (ids: readonly string[] = []) => ids.map((id) => ({ id, name: `of ${id}` }));
    const present = { containers: objects(has.containers), networks: objects(has.networks), volumes: [] };
    const sight = {
        stack: { name, source: `Pulumi.${name}.yaml` } as Stack,
        dockerEnv: { DOCKER_HOST: "ssh://other" },
        engine: {
            identity: () => Promise.resolve(has.identity),
            volumesNamed: (names: readonly string[]) =>
                Promise.resolve(
                    has.volumes === undefined
                        ? []
                        : names.slice(0, 1).map((volume) => ({
                              name: volume,
                              labels: { "strata.environment": has.owner ?? "production" },
                              created: has.volumes!,
                          })),
                ),
        },
    };
    return refuseOtherEngine(sight as Sight, state, present as unknown as Present, intent).then(
        () => undefined,
        (thrown: unknown) => thrown as { message: string; next: string; details: readonly string[] },
    );
}

describe("is refused", () => {
    test.each([
        ["containers", [container, network, ...data], "none of the 1 containers"],
        ["networks, as after a first up that was cut off", [network, ...data], "none of the 1 networks"],
        ["data volumes, as after down", data, "none of the 2 data volumes"],
    ])("when the state knows %s", async (_, resources, message) => {
        for (const identity of [undefined, OTHER]) {
            const has = identity === undefined ? {} : { identity };
            for (const more of [[], [recorded(OWN)]]) {
                const refused = await refusal([...resources, ...more], has);
                expect(refused?.message).toContain(`ssh://other has ${message} that the state of production knows:`);
                expect(refused?.next).toContain("npm run up -- --right-engine --stack production");
            }
        }
    });

    test("when a run was cut off before it made anything that the state knows, and began on another engine", async () => {
        const state = [recorded(OWN)];
        expect((await refusal(state, { identity: OTHER }, {}, { pending: begun }))?.message).toContain(
            "none of the 1 objects that a run began to make",
        );
        expect(await refusal(state, { identity: OWN }, {}, { pending: begun })).toBeUndefined();
        expect(await refusal([], { identity: OTHER }, {}, { pending: begun })).toBeUndefined();
    });

    test("of throw-away environments too: what down forgets there is forgotten", async () => {
        for (const name of ["local", "test-x"]) {
            expect((await refusal([container, ...data], {}, { volumes: false }, { name }))?.next).toContain(
                `npm run down -- --right-engine${name === "local" ? "" : ` --stack ${name}`}`,
            );
        }
    });

    test("and says which engine the state's is", async () => {
        const refused = await refusal([container, recorded(OWN)], { identity: OTHER });
        expect(refused?.details).toEqual([`  the state's engine: ${OWN}`, `  this engine: ${OTHER}`]);
        expect((await refusal([container], { identity: OTHER }))?.details).toEqual([]);
    });

    test("although it has volumes of the same names, as a former machine does after down on the new one", async () => {
        expect(await refusal([...data, recorded(OWN)], { identity: OTHER, volumes: NaN })).toBeDefined();
    });

    test("although it has objects of the names that a cut-off run began to make", async () => {
        const state = [container, recorded(OWN)];
        expect(await refusal(state, { identity: OTHER, networks: ["another"] }, {}, { pending: begun })).toBeDefined();
    });
});

describe("is the right one", () => {
    test.each<readonly [string, readonly object[], Has]>([
        ["before the first up", [], { identity: OTHER }],
        ["after down --volumes, of which the record may be left", [recorded(OWN)], { identity: OTHER }],
        ["with one of the containers", [container, recorded(OWN)], { identity: OTHER, containers: ["c1"] }],
        ["with one of the networks", [container, network], { networks: ["n1"] }],
        ["with its identity, whatever is lost", [container, network, ...data, recorded(OWN)], { identity: OWN }],
        ["with its identity after down, with every volume lost", [...data, recorded(OWN)], { identity: OWN }],
        ["after down, with one of the volumes", data, { identity: OTHER, volumes: NaN }],
        [
            "after down and a set-up anew, with a volume of the state's age",
            [...data, recorded(OWN)],
            { identity: OTHER, volumes: MADE },
        ],
        ["with a volume of the state's age", [container, ...data, recorded(OWN)], { volumes: MADE + 1000 }],
    ])("%s", async (_, resources, has) => {
        expect(await refusal(resources, has)).toBeUndefined();
    });

    test("when the user says so", async () => {
        expect(await refusal([container, ...data], {}, { rightEngine: true })).toBeUndefined();
        expect(await refusal(data, {}, { rightEngine: true, volumes: true })).toBeUndefined();
    });
});

describe("volumes of the same names", () => {
    test("of another environment are no proof", async () => {
        expect(await refusal(data, { volumes: NaN, owner: "production-eu" })).toBeDefined();
    });

    test("are no proof where containers or networks should be, unless they are as old as the state says", async () => {
        for (const volumes of [NaN, MADE - 3_600_000, MADE + 3_600_000]) {
            for (const known of [container, network]) {
                const refused = await refusal([known, ...data, recorded(OWN)], { identity: OTHER, volumes });
                expect(refused?.message).toContain("knows, only volumes of the same names: is it the right engine?");
            }
        }
    });

    test("are not deleted on an engine that may be another one", async () => {
        const down = { volumes: true };
        const known = [...data, recorded(OWN)];
        expect((await refusal(known, { identity: OTHER, volumes: NaN }, down))?.next).toContain(
            "npm run down -- --volumes --right-engine --stack production",
        );
        expect(await refusal(data, { volumes: MADE - 3_600_000 }, down)).toBeDefined();
        expect(await refusal(data, {}, down)).toBeDefined();
        // Of an earlier release, on an engine that does not say when it made a volume, nothing more can be told.
        expect(await refusal(data, { volumes: NaN }, down)).toBeUndefined();
        expect(await refusal(known, { identity: OTHER, volumes: MADE }, down)).toBeUndefined();
        expect(await refusal(known, { identity: OWN, volumes: NaN }, down)).toBeUndefined();
    });
});
