/** `preview` looks at the engine as `up` does. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { planOf, type PreviewOptions } from "../../../cli/commands/preview";
import { Progress } from "../../../cli/output/progress";
import { readState } from "../../../cli/pulumi/state";

const known = {
    urn: "urn:pulumi:local::strata::docker:index/container:Container::psra-web",
    type: "docker:index/container:Container",
    id: "c1",
    custom: true,
    inputs: { name: "local-psra-web", mustRun: true },
    outputs: { name: "local-psra-web", mustRun: true },
};

/**
 * A preview of which the engine says that nothing changes.
 *
 * @param running - ids of containers on the engine
 * @param more - resources of the state besides one container
 * @param networks - all of the engine, whoever made them
 * @param name - of the environment
 * @param engine - that the state is of; the one that is looked at is `vm/AAAA`
 * @param planned - steps that the engine says
 */
async function previewed(
    running: readonly string[],
    options: Partial<PreviewOptions> = {},
    more: readonly object[] = [],
    networks: readonly { name: string }[] = [],
    {
        name = "local",
        engine = "vm/AAAA",
        planned = [{ ...known, op: "same", new: known } as unknown as StepEventMetadata],
    }: { name?: string; engine?: string; planned?: readonly StepEventMetadata[] } = {},
) {
    const lines: string[] = [];
    let given: readonly string[] = [];
    const summaryEvent = { resourceChanges: { same: 1 } } as unknown as NonNullable<EngineEvent["summaryEvent"]>;
    const supply = { urn: "urn:x::supply", type: "strata:lib:Supply", outputs: { engine } };
    const containers = running.map((id) => ({ id, name: "local-psra-web", state: "running", health: "none" }));
    const session = {
        stack: { name, source: `Pulumi.${name}.yaml` },
        dockerEnv: { DOCKER_HOST: "unix:///other.sock" },
        declared: {
            platform: { environment: name, services: [], zones: [{ name: "edge-net" }], secrets: [] },
            config: { products: [], identity: {} },
        },
        engine: {
            identity: () => Promise.resolve("vm/AAAA"),
            all: (objects: string) => Promise.resolve(objects === "network" ? networks : []),
            containers: () => Promise.resolve(containers),
            networks: () => Promise.resolve([]),
            volumes: () => Promise.resolve([]),
            volumesNamed: () =>
                Promise.resolve([{ name: "local-db-data", labels: { "strata.environment": "local" }, created: NaN }]),
            docker: () => Promise.resolve({ code: 1, stdout: "", stderr: "no answer" }),
        },
        pulumi: {
            state: () => Promise.resolve(readState({ deployment: { resources: [known, supply, ...more] } })),
            operate: (_: string, args: readonly string[], onEvent: (event: EngineEvent) => void) => {
                given = args;
                planned.forEach((metadata) => onEvent({ sequence: 1, timestamp: 0, resOutputsEvent: { metadata } }));
                onEvent({ sequence: 1, timestamp: 0, summaryEvent });
                return Promise.resolve({ code: 0, endedBy: undefined, logFile: "", interrupted: false });
            },
        },
    } as unknown as Parameters<typeof planOf>[0];
    const progress = new Progress({ write: (text) => lines.push(text) });
    const { hasChanges } = await planOf(session, { stack: "local", ...options }, progress);
    return { said: lines.join(""), hasChanges, isRefreshed: given.includes("--refresh") };
}

test("a container that is gone is said, looked at again, and counted as a change", async () => {
    const { said, hasChanges, isRefreshed } = await previewed([]);
    expect(said).toContain("! gone or stopped: local-psra-web; up makes it again\n");
    expect({ hasChanges, isRefreshed }).toEqual({ hasChanges: true, isRefreshed: true });
});

test("with everything there the engine is only asked for what --refresh asks", async () => {
    expect(await previewed(["c1"])).toEqual({
        said: "0 changes, 1 unchanged\n",
        hasChanges: false,
        isRefreshed: false,
    });
    expect((await previewed(["c1"], { refresh: true })).isRefreshed).toBe(true);
    // Other plugins fill in what the state lacks.
    expect((await previewed(["c1"], { changeSupply: true })).isRefreshed).toBe(true);
});

test.each(["staging", "local"])(
    "an engine with none of the containers of %s is most often another one",
    async (name) => {
        await expect(previewed([], {}, [], [], { name, engine: "vm/BBBB" })).rejects.toMatchObject({
            message: expect.stringContaining(`none of the 1 containers that the state of ${name} knows`) as string,
            next: expect.stringContaining("npm run up -- --right-engine") as string,
            exitCode: 2,
        });
        expect((await previewed([], { rightEngine: true }, [], [], { name, engine: "vm/BBBB" })).hasChanges).toBe(true);
    },
);

test("data of which nobody can tell is said, and is no proof that nothing changed", async () => {
    const labels = Object.entries({ environment: "local", service: "db", data: "true" }).map(([key, value]) => ({
        label: `strata.${key}`,
        value,
    }));
    const database = [
        {
            urn: "urn:x::volume",
            type: "docker:index/volume:Volume",
            id: "v",
            outputs: { name: "local-db-data", labels },
        },
        { ...known, urn: "urn:x::db", id: "c2", outputs: { name: "local-db", image: "db:1", labels } },
        { urn: "urn:x::db", type: "strata:foundation:Postgres", outputs: { identity: "7001" } },
    ];
    const { said } = await previewed(["c1", "c2"], {}, database);
    expect(said).toContain("could not tell whether local-db-data holds the data that the state knows: no answer");
    await expect(previewed(["c1", "c2"], { expectNoChanges: true }, database)).rejects.toMatchObject({
        message: expect.stringContaining("cannot be told") as string,
        exitCode: 2,
    });
});

test("an object that the state does not explain is refused, not planned around", async () => {
    await expect(previewed(["c1", "c9"])).rejects.toMatchObject({
        message: expect.stringContaining("its state does not know (local-psra-web); nothing was touched") as string,
        exitCode: 2,
    });
});

test("a name that somebody else's object has is a problem before there is a plan", async () => {
    await expect(previewed(["c1"], {}, [], [{ name: "local-edge-net" }])).rejects.toMatchObject({
        message: "objects on this engine have names of local and are not its own; nothing was touched",
        exitCode: 2,
    });
});

test("a place that would have two resources is refused as up refuses it", async () => {
    const planned = ["create", "delete"].map((op) => {
        const side = { inputs: { path: "psra/kv/jwt" }, outputs: {}, custom: true };
        const type = "vault:generic/secret:Secret";
        return { op, type, urn: `urn:pulumi:x::strata::${type}::${op}d`, old: side, new: side };
    });
    const refused = previewed(["c1"], {}, [], [], { planned: planned as unknown as StepEventMetadata[] });
    await expect(refused).rejects.toMatchObject({
        message: expect.stringMatching(/: Vault psra\/kv\/jwt; nothing was changed$/) as string,
        details: ["  Vault psra/kv/jwt: created makes it, then the deletion of deleted deletes it"],
        exitCode: 2,
    });
});
