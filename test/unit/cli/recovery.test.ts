import { keepArguments } from "../../../cli/commands/down";
import { describeServices } from "../../../cli/commands/status";
import { choose } from "../../../cli/commands/logs";
import { describeContainer, type RunningContainer } from "../../../cli/engine/engine";
import { checkCommand, condition, isWell } from "../../../cli/engine/evidence";
import { foreignObjects, planRecovery } from "../../../cli/pulumi/recovery";
import { readState } from "../../../cli/pulumi/state";

const labels = (pairs: Record<string, string>) => Object.entries(pairs).map(([label, value]) => ({ label, value }));

function resource(kind: string, id: string, outputs: Record<string, unknown>, more: Record<string, unknown> = {}) {
    const type = kind.includes(":") ? kind : `docker:index/${kind.toLowerCase()}:${kind}`;
    return { urn: `urn:pulumi:local::strata::${type}::${id}`, type, id, outputs, ...more };
}

const service = { "strata.environment": "local", "strata.service": "psra-api", "strata.zone": "psra-net,psra-web-net" };
const STATE = readState({
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
            resource("Volume", "local-vault-data", {
                name: "local-vault-data",
                labels: labels({ "strata.data": "true" }),
            }),
            resource("Volume", "local-vault-files", { name: "local-vault-files" }),
            resource("random:index/randomPassword:RandomPassword", "p1", {}),
        ],
        pending_operations: [{ resource: resource("Container", "", { name: "local-vault" }), type: "creating" }],
    },
});

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

    test("finds labelled containers and networks that the state does not know, but never volumes", () => {
        const engine = {
            containers: [container("c1"), writer, container("c9")],
            networks: [one("n1"), one("n9")],
            volumes: [...volumes, volume("v9")],
        };
        const plan = planRecovery(STATE, engine);
        expect(plan.orphanContainers.map(({ id }) => id)).toEqual(["c9"]);
        expect(plan.orphanNetworks.map(({ id }) => id)).toEqual(["n9"]);
        expect(Object.values(plan).flat()).not.toContainEqual(volume("v9"));
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

describe("an environment of another checkout", () => {
    const empty = readState({ deployment: null });
    const engine = { containers: [container("c1")], networks: [one("n1")], volumes };

    test("is containers and data where this checkout has made nothing", () => {
        expect(foreignObjects(empty, engine, false)).toEqual(["local-c1", "local-vault-data"]);
    });

    test("is nothing once this checkout has a state, or had a run that was killed", () => {
        expect(foreignObjects(STATE, engine, false)).toEqual([]);
        expect(foreignObjects(empty, engine, true)).toEqual([]);
        expect(foreignObjects({ ...empty, pending: STATE.pending }, engine, false)).toEqual([]);
    });

    test("configuration files and networks alone are not worth stopping for", () => {
        const leftovers = { containers: [], networks: [one("n1")], volumes: [volume("local-vault-files")] };
        expect(foreignObjects(empty, leftovers, false)).toEqual([]);
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

    test("says what is wrong: gone, not healthy, in other zones than declared", () => {
        const problems = (found: RunningContainer[]) =>
            describeServices(STATE.containers, found, "local", now)[0]?.problems;
        expect(problems([])).toEqual(["its container is gone"]);
        expect(problems([container("c1", { health: "unhealthy" })])).toEqual(["it is unhealthy"]);
        expect(problems([container("c1", { networks: ["bridge", "local-psra-net"] })])).toEqual([
            "it is attached to bridge psra-net, declared: psra-net psra-web-net",
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
