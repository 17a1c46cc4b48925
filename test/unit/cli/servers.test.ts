import type { RunningContainer } from "../../../cli/engine/engine";
import { silentServers } from "../../../cli/pulumi/servers";
import type { Service } from "../../../model/platform";
import { vaultSeal } from "../../../cli/commands/status";
import { readState } from "../../../cli/pulumi/state";

const services = (["edge", "vault", "keycloak", "application"] as const).map((kind) => ({
    kind,
    name: kind,
})) as Service[];
const inside = { contained: [{ urn: "urn:pulumi:local::strata::vault:index/mount:Mount::x", volume: "vault-data" }] };
const container = (service: string, changes: Partial<RunningContainer> = {}) =>
    ({ service, oneShot: false, state: "running", health: "healthy", exitCode: 0, ...changes }) as RunningContainer;
const writer = container("vault", { oneShot: true, state: "created" });
const all = [...["edge", "vault", "keycloak"].map((name) => container(name)), writer];

test("nobody is asked while nothing is inside", () => {
    expect(silentServers({ services }, { contained: [] }, { containers: [] })).toEqual([]);
});

test("servers that are well can be asked, whatever becomes of applications", () => {
    expect(silentServers({ services }, inside, { containers: all })).toEqual([]);
});

test.each([
    ["is gone", all.filter(({ service, oneShot }) => service !== "vault" || oneShot)],
    [
        "has ended",
        all.map((it) =>
            it.service === "vault" && !it.oneShot ? container("vault", { state: "exited", exitCode: 1 }) : it,
        ),
    ],
    [
        "is starting",
        all.map((it) => (it.service === "vault" && !it.oneShot ? container("vault", { health: "starting" }) : it)),
    ],
])("one that %s cannot", (_, containers) => {
    expect(silentServers({ services }, inside, { containers })).toEqual(["vault"]);
});

test.each([
    ["vault", 0, "unsealed"],
    ["vault", 2, "sealed"],
    ["bao", 2, "sealed"],
    ["bao", 1, "unknown"],
])("the seal is asked with the server's own program: %s", async (program, code, expected) => {
    const asked: string[][] = [];
    const engine = {
        docker: (args: readonly string[]) => {
            asked.push([...args]);
            return Promise.resolve({ code, stdout: "", stderr: "" });
        },
    };
    const containers = [{ id: "c", service: "vault", oneShot: false }];
    expect(await vaultSeal(engine, containers, program)).toBe(expected);
    expect(asked).toEqual([["exec", "c", program, "status", "-address=http://127.0.0.1:8200"]]);
    expect(await vaultSeal(engine, containers, undefined)).toBe("unknown");
    expect(await vaultSeal(engine, [], program)).toBeUndefined();
});

test.each([
    ["vault", "vault"],
    ["openbao", "bao"],
    [undefined, undefined],
])("the state knows the program of its %s", (image, program) => {
    const services = image === undefined ? [] : [{ kind: "vault", image }];
    const resources = [{ urn: "urn:x::plan", type: "strata:network:FlowPlan", inputs: { services } }];
    expect(readState({ deployment: { resources } }).vaultProgram).toBe(program);
});
