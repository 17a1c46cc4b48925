import type { RunningContainer } from "../../../engine/containers";
import type { PlanLine } from "../../../cli/pulumi/plan";
import { addedInside, besideServers, keepValues, providersBehind, silentServers } from "../../../cli/pulumi/servers";
import type { Service } from "../../../model/platform";
import { vaultSeal } from "../../../cli/engine/vault-seal";
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

test("no server is asked while nothing is inside", () => {
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

test.each([
    ["vault", true],
    ["edge", true],
    ["keycloak", false],
    ["application", false],
])("whether people's values are in or behind %s: %s", (name, expected) => {
    expect(keepValues({ services }, [name])).toBe(expected);
});

describe("what a plan adds inside servers", () => {
    const line = (type: string, name: string, parent = "strata:identity:VaultConfiguration$") =>
        ({ urn: `urn:pulumi:local::strata::${parent}${type}::${name}` }) as PlanLine;
    const added = (...lines: PlanLine[]) =>
        addedInside(lines, inside, ["vault"]).map(({ urn }) => urn.split("::").at(-1));

    test("is what the state does not have there, by the provider of its type", () => {
        expect(added(line("vault:generic/secret:Secret", "value"), line("vault:index/mount:Mount", "new", ""))).toEqual(
            ["value", "new"],
        );
    });

    test("is nothing of the engine, and nothing that the state has", () => {
        const known = { urn: inside.contained[0]!.urn } as PlanLine;
        const engine = line("docker:index/container:Container", "vault", "vault:index/mount:Mount$");
        expect(added(known, engine, line("pulumi:providers:vault", "provider"))).toEqual([]);
    });

    test("is nothing in a server that the state has nothing inside of: it is begun anew", () => {
        expect(added(line("keycloak:index/realm:Realm", "realm"))).toEqual([]);
        expect(addedInside([line("vault:index/mount:Mount", "x")], { contained: [] }, ["vault"])).toEqual([]);
    });

    test("is nothing in a server that can be asked, as after a first up that was cut off before Keycloak", () => {
        const lines = [line("vault:index/mount:Mount", "x")];
        const behind = (name: string) => providersBehind({ services }, [name]);
        expect([behind("edge"), behind("vault"), behind("application")]).toEqual([
            ["vault", "keycloak"],
            ["vault"],
            [],
        ]);
        expect(addedInside(lines, inside, behind("keycloak"))).toEqual([]);
        expect(addedInside(lines, inside, behind("edge"))).toEqual(lines);
    });
});

test("a part that brings servers back has their containers, what they wait for and networks, and leaves out all else", () => {
    const own = [
        { kind: "vault", name: "vault", startsAfter: [] },
        { kind: "postgres", name: "keycloak-postgres", startsAfter: [] },
        { kind: "keycloak", name: "keycloak", startsAfter: ["keycloak-postgres"] },
        { kind: "application", name: "psra-api", startsAfter: ["vault"] },
    ] as unknown as Service[];
    const line = (type: string, name: string) => ({ urn: `urn:pulumi:local::strata::x$${type}::${name}` }) as PlanLine;
    const container = (name: string) => line("docker:index/container:Container", name);
    const plan = [
        ...[container("keycloak-container"), container("keycloak-postgres-writer"), container("vault-container")],
        line("docker:index/network:Network", "network-psra-net"),
        line("command:local:Command", "keycloak-provisioner"),
        ...[container("psra-api-container"), container("vaulting-container")],
        line("random:index/randomPassword:RandomPassword", "psra/kv/jwt"),
        line("keycloak:index/realm:Realm", "keycloak-realm"),
    ];
    const left = (...silent: string[]) =>
        besideServers(plan, { services: own }, silent).map((urn) => urn.split("::").at(-1));
    expect(left("keycloak")).toEqual([
        ...["vault-container", "psra-api-container", "vaulting-container", "psra/kv/jwt", "keycloak-realm"],
    ]);
    expect(left("vault")).toEqual(expect.arrayContaining(["keycloak-container", "vaulting-container"]));
    expect(left("vault")).not.toContain("vault-container");
});
