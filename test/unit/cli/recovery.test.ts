import { keepArguments } from "../../../cli/commands/down";
import { describeServices } from "../../../cli/commands/service-status";
import { choose } from "../../../cli/commands/logs";
import { describeContainer, type RunningContainer } from "../../../engine/containers";
import { checkCommand, condition, isWell } from "../../../cli/engine/evidence";
import { adoptVolumes, unfinishedVolumes } from "../../../cli/pulumi/begun-volumes";
import { type EngineView, foreignObjects, planRecovery } from "../../../cli/pulumi/recovery";
import { readState } from "../../../cli/pulumi/state";

const labels = (pairs: Record<string, string>) => Object.entries(pairs).map(([label, value]) => ({ label, value }));

function resource(kind: string, id: string, outputs: Record<string, unknown>, more: Record<string, unknown> = {}) {
    const type = kind.includes(":") ? kind : `docker:index/${kind.toLowerCase()}:${kind}`;
    return { urn: `urn:pulumi:local::strata::${type}::${id}`, type, id, outputs, ...more };
}

const service = { "strata.environment": "local", "strata.service": "psra-api", "strata.zone": "psra-net,psra-web-net" };
const DATA_VOLUME = resource("Volume", "local-vault-data", {
    name: "local-vault-data",
    labels: labels({ "strata.data": "true" }),
});

/** An operation without an end, as Pulumi writes it before it begins one. */
function pending(kind: string, name: string) {
    return { resource: { ...resource(kind, name, {}), id: "", inputs: { name } }, type: "creating" };
}

const EXPORTED = {
    version: 3,
    deployment: {
        resources: [
            { urn: "urn:pulumi:local::strata::pulumi:pulumi:Stack::strata-local", type: "pulumi:pulumi:Stack" },
            { urn: "urn:x::component", type: "strata:lib:Service" },
            resource("Container", "c1", { name: "local-psra-api", labels: labels(service) }),
            resource("Container", "w1", {
                name: "local-psra-api-writer",
                mustRun: false,
                labels: labels({ ...service, "strata.role": "writer" }),
            }),
            resource("Container", "old", { name: "local-psra-api" }, { delete: true }),
            resource("Network", "n1", { name: "local-psra-net" }),
            DATA_VOLUME,
            resource("Volume", "local-vault-files", { name: "local-vault-files" }),
            resource("random:index/randomPassword:RandomPassword", "p1", {}),
        ],
        pending_operations: [{ resource: resource("Container", "", { name: "local-vault" }), type: "creating" }],
    },
};
const STATE = readState(EXPORTED);

function container(id: string, change: Partial<RunningContainer> = {}): RunningContainer {
    return {
        id,
        name: `local-${id}`,
        labels: {},
        service: "psra-api",
        oneShot: false,
        state: "running",
        health: "healthy",
        exitCode: 0,
        startedAt: 1000,
        restarts: 0,
        networks: ["local-psra-net", "local-psra-web-net"],
        published: [],
        healthCommand: [],
        healthOutput: "",
        healthExitCode: undefined,
        ...change,
    };
}

const one = (id: string) => ({ id, name: id });
const writer = container("w1", { state: "exited", oneShot: true });
const volume = (name: string) => ({ ...one(name), data: name.endsWith("-data") });
const volumes = [volume("local-vault-data"), volume("local-vault-files")];

describe("a state", () => {
    test("is read without what is about to be deleted and without providers and the stack itself", () => {
        expect(STATE.containers.map(({ id, name, mustRun }) => [id, name, mustRun])).toEqual([
            ["c1", "local-psra-api", true],
            ["w1", "local-psra-api-writer", false],
        ]);
        expect(STATE.resources).toBe(7);
        expect(STATE.pending).toEqual([{ urn: expect.stringContaining("Container") as string, type: "creating" }]);
    });

    test("of a stack that was never deployed is empty", () => {
        const empty = readState({ version: 3, deployment: { manifest: {} } });
        expect([empty.resources, empty.containers, empty.pending]).toEqual([0, [], []]);
    });
});

describe("recovery", () => {
    test("has nothing to do when engine and state agree, ended one-shot containers included", () => {
        const engine = { containers: [container("c1"), writer], networks: [one("n1")], volumes };
        expect(planRecovery(STATE, engine)).toMatchObject({ orphanContainers: [], orphanNetworks: [], lost: [] });
    });

    test("finds containers and networks of operations that were cut off, and what waits for its deletion, but never volumes", () => {
        const begun = [
            pending("Container", "local-vault"),
            pending("Network", "local-new-net"),
            pending("Volume", "v9"),
        ];
        const state = readState({ deployment: { ...EXPORTED.deployment, pending_operations: begun } });
        const engine = {
            containers: [container("c1"), writer, container("old"), container("c9", { name: "local-vault" })],
            networks: [one("n1"), { id: "n9", name: "local-new-net" }],
            volumes: [...volumes, volume("v9")],
        };
        const plan = planRecovery(state, engine);
        expect(plan.orphanContainers.map(({ id }) => id)).toEqual(["old", "c9"]);
        expect(plan.orphanNetworks.map(({ id }) => id)).toEqual(["n9"]);
        expect(Object.values(plan).flat()).not.toContainEqual(volume("v9"));
        expect(foreignObjects(state, engine)).toEqual([]);
    });

    test("never takes what no operation explains for a leftover, whatever the state knows besides", () => {
        const engine = {
            containers: [container("c1"), writer, container("c9"), container("c8", { name: "local-psra-api" })],
            networks: [one("n1"), one("n9")],
            volumes,
        };
        expect(planRecovery(STATE, engine)).toMatchObject({ orphanContainers: [], orphanNetworks: [] });
    });

    test("finds what is gone and what has stopped", () => {
        const stopped = { containers: [container("c1", { state: "exited" }), writer], networks: [one("n1")], volumes };
        expect(planRecovery(STATE, stopped).lost).toEqual(["local-psra-api"]);
        const dead = { ...stopped, containers: [container("c1", { state: "dead" }), writer] };
        expect(planRecovery(STATE, dead).lost).toEqual(["local-psra-api"]);
        const gone = { containers: [], networks: [], volumes: [volume("local-vault-files")] };
        expect(planRecovery(STATE, gone).lost).toEqual([
            "local-psra-api",
            "local-psra-api-writer",
            "local-psra-net",
            "local-vault-data",
        ]);
    });

    test("a container that the engine is restarting is not lost", () => {
        const engine = {
            containers: [container("c1", { state: "restarting" }), writer],
            networks: [one("n1")],
            volumes,
        };
        expect(planRecovery(STATE, engine).lost).toEqual([]);
    });
});

describe("what has the label and nothing explains", () => {
    const empty = readState({ deployment: null });
    const view = (changes: Partial<EngineView> = {}): EngineView => ({
        containers: [],
        networks: [],
        volumes: [],
        ...changes,
    });

    test.each<[string, Partial<EngineView>, string]>([
        ["a container", { containers: [container("c9")] }, "local-c9"],
        [
            "a container of a known name, with another id",
            { containers: [container("c9", { name: "local-psra-api" })] },
            "local-psra-api",
        ],
        ["a network", { networks: [one("n9")] }, "n9"],
        ["a volume with data", { volumes: [volume("local-psra-postgres-data")] }, "local-psra-postgres-data"],
        ["a volume with files", { volumes: [volume("local-psra-api-config")] }, "local-psra-api-config"],
    ])(
        "is %s: foreign to a state that knows other things, to an empty one and to one that was cut off",
        (_, engine, name) => {
            expect(foreignObjects(STATE, view(engine))).toEqual([name]);
            expect(foreignObjects(empty, view(engine))).toEqual([name]);
            expect(foreignObjects({ ...empty, pending: STATE.pending }, view(engine))).toEqual([name]);
        },
    );

    test("is nothing of what the state knows, such as volumes that a down kept", () => {
        const engine = view({ containers: [container("c1"), writer], networks: [one("n1")], volumes });
        expect(foreignObjects(STATE, engine)).toEqual([]);
        const afterDown = readState({ deployment: { resources: [DATA_VOLUME] } });
        expect(foreignObjects(afterDown, view({ volumes: [volume("local-vault-data")] }))).toEqual([]);
    });
});

describe("a volume whose operation was cut off", () => {
    const exported = {
        version: 3,
        deployment: {
            resources: [DATA_VOLUME],
            pending_operations: [
                pending("Volume", "local-psra-postgres-data"),
                pending("Volume", "local-vault-data"),
                pending("Volume", "local-never-made"),
                pending("Container", "local-psra-postgres-data"),
            ],
        },
    };
    const present = [volume("local-vault-data"), volume("local-psra-postgres-data"), volume("local-other-data")];

    test("is one that the engine has and the state does not know", () => {
        expect(unfinishedVolumes(readState(exported), present)).toEqual(["local-psra-postgres-data"]);
    });

    test("is the state's from then on, with its labels, and its operation is over; the others stay as they are", () => {
        const adopted = adoptVolumes(exported, ["local-psra-postgres-data"]);
        const state = readState(adopted);
        expect(state.volumes.map(({ id, name }) => [id, name])).toEqual([
            ["local-vault-data", "local-vault-data"],
            ["local-psra-postgres-data", "local-psra-postgres-data"],
        ]);
        expect(state.pending.map(({ name }) => name)).toEqual([
            "local-vault-data",
            "local-never-made",
            "local-psra-postgres-data",
        ]);
        expect((adopted as typeof exported).deployment.resources[1]).toMatchObject({
            urn: exported.deployment.pending_operations[0]!.resource.urn,
            inputs: { name: "local-psra-postgres-data" },
        });
        // What nothing names any more would be another checkout's to the next run.
        const cleared = { deployment: { ...(adopted as typeof exported).deployment, pending_operations: [] } };
        const engine = { containers: [], networks: [], volumes: present.slice(0, 2) };
        expect(foreignObjects(readState(cleared), engine)).toEqual([]);
    });
});

test("down keeps data volumes and what opens them, not configuration files", () => {
    const [data, , password] = [STATE.volumes[0]?.urn, STATE.volumes[1]?.urn, STATE.generated[0]];
    expect(keepArguments(STATE)).toEqual(["--exclude-protected", "--exclude", data, "--exclude", password]);
    expect(keepArguments({ ...STATE, volumes: [] })).toEqual(["--exclude-protected"]);
});

describe("status", () => {
    const now = 61_000;

    test("a service in its zones is well; one-shot containers are no services", () => {
        expect(describeServices(STATE.containers, [container("c1"), writer], "local", now)).toEqual([
            {
                service: "psra-api",
                health: "healthy",
                uptime: 60_000,
                restarts: 0,
                zones: ["psra-net", "psra-web-net"],
                problems: [],
            },
        ]);
    });

    test("each replica is a line of its own", () => {
        const [first] = STATE.containers;
        const second = { ...first!, id: "c2", labels: { ...first!.labels, "strata.replica": "2" } };
        const found = describeServices([second, first!], [container("c1")], "local", now);
        expect(found.map(({ service, health }) => [service, health])).toEqual([
            ["psra-api", "healthy"],
            ["psra-api-2", "missing"],
        ]);
    });

    test("says what is wrong: gone, not healthy, in other zones than declared", () => {
        const problems = (found: RunningContainer[]) =>
            describeServices(STATE.containers, found, "local", now)[0]?.problems;
        expect(problems([])).toEqual(["its container is gone"]);
        expect(problems([container("c1", { health: "unhealthy" })])).toEqual(["it is unhealthy"]);
        expect(problems([container("c1", { networks: ["bridge", "local-psra-net"] })])).toEqual([
            "it is attached to bridge psra-net, declared: psra-net psra-web-net",
        ]);
    });

    test("says what puts its networks right: it leaves one by hand, and comes back into one by being made again", () => {
        const reattach = (...networks: string[]) =>
            describeServices(STATE.containers, [container("c1", { networks })], "local", now)[0]?.reattach;
        const own = ["local-psra-net", "local-psra-web-net"];
        expect(reattach(...own)).toBeUndefined();
        expect(reattach("bridge", ...own, "local-psra-db-net")).toBe(
            "docker network disconnect bridge local-c1; docker network disconnect local-psra-db-net local-c1",
        );
        const again = "docker rm -f local-c1, then npm run up makes it again";
        expect([reattach("local-psra-net"), reattach("bridge", "local-psra-net"), reattach()]).toEqual([
            again,
            again,
            again,
        ]);
    });

    test.each([
        [{}, "healthy", true],
        [{ health: "none" }, "running", true],
        [{ health: "starting" }, "starting", false],
        [{ state: "exited", exitCode: 137 }, "exited (137)", false],
        [{ state: "paused" }, "paused", false],
        [{ state: "exited", oneShot: true }, "exited (0)", true],
        [{ state: "created", oneShot: true }, "created", true],
        [{ oneShot: true }, "healthy", false],
        [{ state: "exited", oneShot: true, exitCode: 1 }, "exited (1)", false],
    ] as const)("%j is %s", (change, words, well) => {
        expect([condition(container("c1", change)), isWell(container("c1", change))]).toEqual([words, well]);
    });
});

describe("logs", () => {
    const running = [container("c1"), container("v1", { service: "vault" })];

    test("finds services by name", () => {
        expect(choose(["vault", "psra-api"], running, "local").map(({ id }) => id)).toEqual(["v1", "c1"]);
    });

    test("a service is all of its replicas, and a replica can be named by itself", () => {
        const labels = { "strata.service": "psra-api" };
        const replicas = [
            container("c1", { labels }),
            container("c2", { labels: { ...labels, "strata.replica": "2" } }),
        ];
        expect(choose(["psra-api"], replicas, "local").map(({ id }) => id)).toEqual(["c1", "c2"]);
        expect(choose(["psra-api-2"], replicas, "local").map(({ id }) => id)).toEqual(["c2"]);
    });

    test("names what is accepted, and what was meant", () => {
        expect(() => choose(["valut"], running, "local")).toThrow(
            'service: "valut" is unknown; accepted: psra-api, vault',
        );
        expect(() => choose([], running, "local")).toThrow("service: none was named; accepted: psra-api, vault");
        expect(() => choose(["vault"], [], "local")).toThrow("nothing of local runs");
    });
});

test("a health check reads as its author wrote it", () => {
    expect(checkCommand(["CMD-SHELL", "redis-cli ping | grep PONG"])).toBe("redis-cli ping | grep PONG");
    expect(checkCommand(["CMD", "pg_isready", "-U", "postgres"])).toBe("pg_isready -U postgres");
    expect(checkCommand(["NONE"])).toBe("none");
});

test("docker inspect is read with the last check's output and without empty ports", () => {
    const described = describeContainer({
        Id: "abc",
        Name: "/local-edge",
        RestartCount: 2,
        State: {
            Status: "running",
            ExitCode: 0,
            StartedAt: "2026-01-01T00:00:00.5Z",
            Health: {
                Status: "unhealthy",
                Log: [
                    { ExitCode: 0, Output: "ok" },
                    { ExitCode: 1, Output: "refused\n" },
                ],
            },
        },
        Config: { Labels: { "strata.service": "edge" }, Healthcheck: { Test: ["CMD", "true"] } },
        NetworkSettings: {
            Networks: { b: {}, a: {} },
            Ports: { "8443/tcp": [{ HostIp: "127.0.0.1", HostPort: "8443" }], "9001/tcp": null },
        },
    });
    expect(described).toMatchObject({
        name: "local-edge",
        service: "edge",
        oneShot: false,
        restarts: 2,
        startedAt: Date.UTC(2026, 0, 1) + 500,
        networks: ["a", "b"],
        published: ["127.0.0.1:8443"],
        healthOutput: "refused",
        healthExitCode: 1,
    });
});
