import type { RunningContainer } from "../../../cli/engine/engine";
import { leftAlone, silentServers } from "../../../cli/pulumi/servers";
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

describe("what a run leaves alone while servers are silent", () => {
    const urnOf = (type: string, name: string): string =>
        `urn:pulumi:local::strata::strata:identity:VaultConfiguration$${type}::${name}`;
    const mount = urnOf("vault:index/mount:Mount", "psra-kv");
    const realm = urnOf("keycloak:index/realm:Realm", "realm");
    const of = (...urns: string[]) => leftAlone({ contained: urns.map((urn) => ({ urn, volume: "data" })) });
    /** As Pulumi reads it: `**` is everything, `*` everything but a colon. */
    const matches = (args: readonly string[], urn: string): boolean =>
        args
            .filter((_, index) => args[index - 1] === "--exclude")
            .map((glob) =>
                glob
                    .split("**")
                    .map((part) => part.split("*").map(quoted).join("[^:]*"))
                    .join(".*"),
            )
            .some((pattern) => new RegExp(`^${pattern}$`).test(urn));
    const quoted = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

    test("is what the state has there, what the declaration adds, and what waits for either", () => {
        const args = of(mount);
        expect(matches(args, mount)).toBe(true);
        expect(matches(args, urnOf("vault:generic/secret:Secret", "new"))).toBe(true);
        expect(args).not.toContain("--exclude-dependents");
        expect(leftAlone({ contained: [{ urn: mount, volume: "data" }] }, true)).toEqual([
            ...args,
            "--exclude-dependents",
        ]);
    });

    test("is nothing of the engine, no provider, and nothing of a server that is begun anew", () => {
        const args = of(mount);
        for (const type of [
            "docker:index/container:Container",
            "pulumi:providers:vault",
            "keycloak:index/realm:Realm",
        ]) {
            expect(matches(args, urnOf(type, "vault"))).toBe(false);
        }
        expect(matches(of(mount, realm), urnOf("keycloak:index/role:Role", "new"))).toBe(true);
        expect(of()).toEqual([]);
    });
});
