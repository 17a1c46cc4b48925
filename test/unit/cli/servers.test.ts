import type { RunningContainer } from "../../../cli/engine/engine";
import { silentServers } from "../../../cli/pulumi/servers";
import type { Service } from "../../../model/platform";

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
