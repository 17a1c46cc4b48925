/** What `status` says of an environment that is not as it should be, and what to do next. */

import { sayStatus, type ServiceStatus, type StatusReport } from "../../../cli/commands/status";
import type { RunningContainer } from "../../../cli/engine/engine";
import { Progress } from "../../../cli/output/progress";

const web: ServiceStatus = {
    service: "psra-web",
    health: "healthy",
    uptime: 5000,
    restarts: 0,
    zones: [],
    problems: [],
};
const gone: ServiceStatus = { ...web, health: "missing", uptime: 0, problems: ["its container is gone"] };
const well: StatusReport = {
    stack: "staging",
    services: [web],
    vault: "unsealed",
    logins: [],
    endings: [],
    pending: 0,
    unknown: [],
    foreign: [],
};

function say(changes: Partial<StatusReport>, containers: readonly RunningContainer[] = []) {
    const lines: string[] = [];
    const code = sayStatus(new Progress({ write: (text) => lines.push(text) }), { ...well, ...changes }, containers);
    return { code, text: lines.join("") };
}

test("all well ends with 0 and has no next step", () => {
    const { code, text } = say({});
    expect(code).toBe(0);
    expect(text).not.toContain("next:");
});

test("a Vault that does not say whether it is sealed is no success", () => {
    const { code, text } = say({ vault: "unknown" });
    expect(code).toBe(2);
    expect(text).toContain("vault is unknown");
});

test("a container that is gone: up makes it again, said once for all of them", () => {
    const { code, text } = say({ services: [gone, { ...gone, service: "psra-api" }] });
    expect(code).toBe(1);
    expect(text.match(/next: .*/g)).toEqual(["next: npm run up -- --stack staging makes it again"]);
});

test("a container in other networks than its own has its next step, but not while an up may be at it", () => {
    const strayed = {
        ...web,
        problems: ["it is attached to x"],
        reattach: "docker network disconnect x staging-psra-web",
    };
    expect(say({ services: [strayed] }).text).toContain(
        "✗ psra-web: it is attached to x\n  next: docker network disconnect x staging-psra-web\n",
    );
    const underWay = { verb: "up", since: "2026-11-29T14:00:00.000Z", process: 77 } as const;
    expect(say({ services: [strayed], underWay }).text).not.toContain("disconnect");
});

test("when nothing runs the next step is up", () => {
    const { code, text } = say({ services: [], vault: undefined });
    expect(code).toBe(1);
    expect(text).toBe("· nothing of staging runs\n  next: npm run up -- --stack staging\n");
});

test("what an interrupted run left is removed by up", () => {
    expect(say({ unknown: ["staging-keycloak"] }).text).toContain("next: npm run up -- --stack staging removes");
});

test("what nothing explains is broken, as up and down refuse because of it", () => {
    const { code, text } = say({ foreign: ["staging-shop"] });
    expect(code).toBe(1);
    expect(text).toContain(
        "✗ staging-shop: labelled, and neither the state nor an interrupted run explains it\n  next: if another checkout",
    );
});

test("while an up is under way nothing was cut off, and what it makes is not unknown", () => {
    const underWay = { verb: "up", since: "2026-11-29T14:00:00.000Z", process: 77 } as const;
    const { code, text } = say({ underWay, pending: 1, unknown: ["staging-keycloak"], services: [web, gone] });
    expect(code).toBe(2);
    expect(text).toContain("! up is under way since 2026-11-29T14:00:00.000Z (process 77)\n");
    expect(text).not.toMatch(/cut off|does not know|✗/);
    expect(text.match(/next: .*/g)).toEqual(["next: wait for its end, then npm run status -- --stack staging"]);
});

test("data that is not what the state knows is broken, and data that nobody can tell of is no success", () => {
    const other = say({ data: [{ name: "staging-vault-data", fate: "begun", inPlace: true }] });
    expect(other.code).toBe(1);
    expect(other.text).toContain("✗ staging-vault-data holds other data than the state knows\n  next: npm run up");
    const unsure = say({ data: [{ name: "staging-vault-data", fate: "there", unsure: "Vault is sealed" }] });
    expect(unsure.code).toBe(2);
    expect(unsure.text).toContain("! could not tell whether staging-vault-data holds the data");
});
