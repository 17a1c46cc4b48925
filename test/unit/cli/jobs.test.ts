/** Jobs, and what runs only with them, as the command line shows them. */

import { describeServices } from "../../../cli/commands/service-status";
import { sayStatus } from "../../../cli/commands/status";
import { allWell } from "../../../cli/commands/where";
import { advice, condition, isWell } from "../../../cli/engine/evidence";
import { Progress } from "../../../cli/output/progress";
import { judgeMemory } from "../../../cli/preflight/space";
import { planRecovery } from "../../../cli/pulumi/recovery";
import { readState } from "../../../cli/pulumi/state";
import { describeContainer, type RunningContainer } from "../../../engine/containers";
import type { Platform } from "../../../model/platform";

function found(runs: string | undefined, status: string, exitCode = 0): RunningContainer {
    const labels = { "strata.service": "psra-migrate", "strata.zone": "psra-db-net" };
    return describeContainer({
        Id: "m1",
        Name: "/local-psra-migrate",
        RestartCount: 0,
        State: { Status: status, ExitCode: exitCode, StartedAt: "2026-01-01T00:00:00Z" },
        Config: { Labels: { ...labels, ...(runs && { "strata.runs": runs }) } },
        NetworkSettings: { Networks: { "local-psra-db-net": {} }, Ports: null },
    });
}

test.each<[string | undefined, string, number, string, boolean]>([
    ["once", "exited", 0, "done", true],
    ["once", "running", 0, "running", true],
    ["once", "exited", 3, "exited (3)", false],
    // Its container exists and its run failed before it: the services that it waits for did not start.
    ["once", "created", 0, "not started", false],
    ["with-job", "created", 0, "idle", true],
    ["with-job", "exited", 143, "idle", true],
    ["with-job", "running", 0, "running", true],
    // A service is never done.
    [undefined, "exited", 0, "exited (0)", false],
    ["now and then", "exited", 0, "exited (0)", false],
])("what runs %s and is %s (%i) is %s", (runs, status, code, shown, well) => {
    const container = found(runs, status, code);
    expect([condition(container), isWell(container)]).toEqual([shown, well]);
});

test("a job that failed is broken, with its last lines and how it is run again", () => {
    const container = found("once", "exited", 3);
    const known = { urn: "u", id: "m1", name: container.name, labels: container.labels, mustRun: false, failed: false };
    const [service] = describeServices([known], [container], "local", 0);
    expect(service).toMatchObject({ health: "exited (3)", uptime: 0, problems: ["it is exited (3)"] });
    const lines: string[] = [];
    const report = {
        ...{ stack: "local", vault: "unsealed", logins: [], endings: [], pending: 0, unknown: [], foreign: [] },
        services: [{ ...service!, lastLines: ["no column id"] }],
    };
    const code = sayStatus(new Progress({ write: (text) => lines.push(text) }), report, [container]);
    expect(code).toBe(1);
    expect(lines.join("")).toContain("psra-migrate: it is exited (3)\n    | no column id\n  next: all that it wrote:");
    expect(advice(container, "local")).toContain("docker rm local-psra-migrate, then");
});

test("an update leaves a job that has ended alone, whatever its end, and makes a container anew that was removed", () => {
    const inputs = { name: "local-psra-migrate", mustRun: false };
    const type = "docker:index/container:Container";
    const resource = { urn: `urn:pulumi:local::strata::${type}::migrate`, type, id: "m1", inputs };
    const state = readState({ deployment: { resources: [resource] } });
    const engine = (containers: readonly RunningContainer[]) => ({ containers, networks: [], volumes: [] });
    expect(planRecovery(state, engine([found("once", "exited", 3)])).lost).toEqual([]);
    expect(planRecovery(state, engine([])).lost).toEqual(["local-psra-migrate"]);
});

test("an environment whose jobs are done is well", () => {
    const row = (health: string) => ({ service: "x", zones: [], health, where: [] });
    expect(allWell(["healthy", "done", "idle"].map(row), "local")).toMatch(/^3 services healthy/);
    expect(allWell(["healthy", "not started"].map(row), "local")).toBeUndefined();
});

test("of all jobs the largest counts towards the memory, with what runs beside it", () => {
    const service = (name: string, kind: string, memoryMiB: number, sidecarOf?: string) => ({
        ...{ name, kind, limits: { memoryMiB } },
        ...(sidecarOf && { sidecarOf }),
    });
    const services = [
        service("api", "application", 512),
        service("api-agent", "vault-agent", 256, "api"),
        service("migrate", "job", 512),
        service("migrate-agent", "vault-agent", 256, "migrate"),
        service("seed", "job", 600),
    ] as unknown as Platform["services"];
    expect(judgeMemory(1536, { platform: { services } as Platform })).toMatchObject({
        value: "limits add up to 1.5 GiB of 1.5 GiB",
        verdict: "good",
    });
});
