/** Data volumes that are not those that the state made: what is said of each, and what leaves the state. */

import type { Engine } from "../../../engine/engine";
import type { InspectedVolume } from "../../../engine/volumes";
import { Failure } from "../../../cli/failure";
import type { Onlooker } from "../../../cli/pulumi/deeds";
import { describeLoss } from "../../../cli/pulumi/fates";
import type { DataLossOptions } from "../../../cli/pulumi/loss-answers";
import { type Contents, fateOf, settleLosses } from "../../../cli/pulumi/lost-data";
import { makeAgain } from "../../../cli/pulumi/made-again";
import { Progress } from "../../../cli/output/progress";
import { readState } from "../../../cli/pulumi/state";
import { drop } from "../../../cli/pulumi/state-document";
import type { Session } from "../../../cli/session";

const quiet = new Progress({ write: () => true }, { quiet: true });
const CREATED = "2026-06-01T00:00:00Z";
const MINUTE = 60_000;
const labels = (pairs: Record<string, string>): object[] =>
    Object.entries(pairs).map(([label, value]) => ({ label, value }));

const urn = (type: string, name: string): string => `urn:pulumi:test::strata::${type}::${name}`;
const VOLUME = "docker:index/volume:Volume";
const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:local:Command";

const volume = (service: string, dataLabels: Record<string, string> = { "strata.data": "true" }) => ({
    urn: urn(VOLUME, `${service}-data`),
    type: VOLUME,
    id: `test-${service}-data`,
    created: CREATED,
    outputs: {
        name: `test-${service}-data`,
        labels: labels({ "strata.environment": "test", "strata.service": service, ...dataLabels }),
    },
});
const container = (service: string, on: readonly string[], more: object = {}) => ({
    urn: urn(CONTAINER, `${service}-container`),
    type: CONTAINER,
    id: service,
    inputs: { image: `${service}:1`, ...more },
    outputs: { name: `test-${service}`, image: `${service}:1`, labels: labels({ "strata.service": service }) },
    dependencies: on,
});
const command = (name: string, on: readonly string[]) => ({ urn: urn(COMMAND, name), type: COMMAND, dependencies: on });
const inside = (type: string, name: string, deletedWith: string, on: readonly string[] = []) => ({
    urn: urn(type, name),
    type,
    deletedWith,
    dependencies: on,
    propertyDependencies: { path: on },
});

const [vaultData, database, keycloakData, cache] = ["vault", "psra-postgres", "keycloak-postgres", "psra-redis"].map(
    (it) => volume(it),
) as [ReturnType<typeof volume>, ReturnType<typeof volume>, ReturnType<typeof volume>, ReturnType<typeof volume>];
const vault = container("vault", [vaultData.urn]);
const postgres = container("psra-postgres", [database.urn]);
const databases = command("psra-postgres-databases", [postgres.urn]);
const keycloakPostgres = container("keycloak-postgres", [keycloakData.urn]);
const keycloakDatabases = command("keycloak-postgres-databases", [keycloakPostgres.urn]);
const edge = container("edge", [command("edge-authority", []).urn]);
const keycloak = container("keycloak", [keycloakDatabases.urn]);
const provisioner = command("keycloak-provisioner", [keycloak.urn, edge.urn]);
const realm = inside("keycloak:index/realm:Realm", "realm", keycloakData.urn, [provisioner.urn]);
const proxy = container("oauth2-proxy", [keycloak.urn]);
const mount = inside("vault:index/mount:Mount", "psra-kv", vaultData.urn, [vault.urn]);
const value = inside("vault:generic/secret:Secret", "jwt", mount.urn, [mount.urn, databases.urn]);
const agent = container("psra-api-agent", [value.urn]);
const api = container("psra-api", [databases.urn, agent.urn, cache.urn]);
const writer = { ...container("psra-api-writer", [databases.urn], { mustRun: false }) };
const redis = container("psra-redis", [cache.urn]);

const EXPORTED = {
    version: 3,
    deployment: {
        resources: [
            vaultData,
            database,
            keycloakData,
            cache,
            vault,
            postgres,
            databases,
            keycloakPostgres,
            keycloakDatabases,
            command("edge-authority", []),
            edge,
            keycloak,
            provisioner,
            realm,
            proxy,
            mount,
            value,
            agent,
            redis,
            writer,
            api,
        ],
    },
};
const STATE = readState(EXPORTED);
const again = (...lost: { urn: string }[]) =>
    makeAgain(
        EXPORTED,
        lost.map((one) => one.urn),
        STATE,
    );

describe("what has to be made again", () => {
    test("of Vault: everything inside, also what is inside its mounts; agents follow by their new logins", () => {
        expect(again(vaultData)).toEqual({ forgotten: [vaultData.urn, mount.urn, value.urn], restart: [] });
    });

    test("of a Postgres: its databases, and the services that run on them notice", () => {
        expect(again(database)).toEqual({ forgotten: [database.urn, databases.urn], restart: [api.urn] });
    });

    test("of Keycloak's database: the realm, the program's login there, and the server", () => {
        expect(again(keycloakData)).toEqual({
            forgotten: [keycloakData.urn, realm.urn, keycloakDatabases.urn, provisioner.urn],
            restart: [keycloak.urn],
        });
    });

    test("of several at once: each", () => {
        const { forgotten, restart } = again(vaultData, database);
        expect([...forgotten].sort()).toEqual([...again(vaultData).forgotten, ...again(database).forgotten].sort());
        expect(restart).toEqual([api.urn]);
    });

    test("never the edge's authority, which clients trust", () => {
        expect(again(vaultData, database, keycloakData, cache).forgotten).not.toContain(urn(COMMAND, "edge-authority"));
    });

    test("nothing that stays refers to it", () => {
        const { forgotten } = again(vaultData, database, keycloakData);
        const left = JSON.stringify(drop(EXPORTED, forgotten));
        for (const gone of forgotten) expect(left).not.toContain(`"${gone}"`);
        expect(readState(drop(EXPORTED, forgotten)).containers).toHaveLength(STATE.containers.length);
    });
});

test("a loss is told with what was inside", () => {
    const known = (data: { urn: string }) => STATE.volumes.find((one) => one.urn === data.urn)!;
    expect(describeLoss(known(vaultData), STATE)).toBe("test-vault-data (vault, with 2 objects configured in it)");
    expect(describeLoss(known(keycloakData), STATE)).toBe(
        "test-keycloak-postgres-data (keycloak-postgres, with 1 objects configured in it, and all people)",
    );
    expect(describeLoss(known(cache), STATE)).toBe("test-psra-redis-data (psra-redis)");
});

const found = (changes: Partial<InspectedVolume> = {}): InspectedVolume => ({
    name: "test-vault-data",
    labels: { "strata.environment": "test" },
    created: Date.parse(CREATED) - 1000,
    ...changes,
});
const NEWER = { created: Date.parse(CREATED) + 10 * MINUTE };

describe("a volume", () => {
    const known = STATE.volumes[0]!;
    const fate = (one: InspectedVolume | undefined, contents?: Contents) =>
        fateOf(known, one, () =>
            contents === undefined ? Promise.reject(new Error("nobody has to look inside")) : Promise.resolve(contents),
        );

    test.each([
        ["that is not there", "gone", undefined, undefined],
        ["from when the state was written", "there", found(), undefined],
        ["that the state took over", "there", found({ created: 0 }), undefined],
        [
            "a little newer than the state's, as with clocks that differ",
            "there",
            found({ created: Date.parse(CREATED) + MINUTE }),
            undefined,
        ],
        ["of an engine that does not say when it was made", "there", found({ created: NaN }), undefined],
        ["that is newer, and empty", "empty", found(NEWER), "nothing"],
        ["that is newer, with older files", "restored", found(NEWER), "older files"],
        ["that is newer, with newer files", "begun", found(NEWER), "newer files"],
        ["without labels, empty", "empty", found({ labels: {} }), "nothing"],
        ["without labels, with something in it", "foreign", found({ labels: {} }), "older files"],
        ["of another environment", "foreign", found({ labels: { "strata.environment": "other" } }), undefined],
    ] as const)("%s: %s", async (_what, expected, one, contents) => {
        expect(await fate(one, contents)).toBe(expected);
    });
});

/** What was found before consent, and how it is done after consent. */
interface Settled {
    readonly says: readonly string[];
    /** @param later - what the engine has by then */
    readonly fulfil: (later?: Record<string, { is: InspectedVolume | undefined; holds?: string }>) => Promise<string[]>;
}

describe("before an update", () => {
    let removed: string[];
    let rewritten: unknown;
    /** What the engine answers to the removal of a volume; nothing when it removes it. */
    let refusal: string;

    beforeEach(() => {
        removed = [];
        rewritten = undefined;
        refusal = "";
    });

    /** @param volumes - what the engine has instead of the state's; the others are as they were */
    async function settle(
        volumes: Readonly<Record<string, { readonly is: InspectedVolume | undefined; readonly holds?: string }>>,
        options: DataLossOptions = {},
        protectData = true,
        state = STATE,
    ): Promise<Settled> {
        let now = volumes;
        const engine = {
            volumesNamed: (names: readonly string[]) =>
                Promise.resolve(names.flatMap((name) => (name in now ? (now[name]!.is ?? []) : found({ name })))),
            docker: (args: readonly string[]) => {
                if (args[0] === "volume") {
                    removed.push(args.at(-1)!);
                    return Promise.resolve({ code: refusal === "" ? 0 : 1, stdout: "", stderr: refusal });
                }
                const name = args
                    .find((arg) => arg.startsWith("--volume="))
                    ?.slice("--volume=".length)
                    .split(":")[0];
                return Promise.resolve({ code: 0, stdout: `${now[name ?? ""]?.holds ?? ""}\n`, stderr: "" });
            },
        } as unknown as Engine;
        const session = {
            engine,
            stack: { name: "test" },
            declared: { config: { protectData } },
            pulumi: {
                rewrite: (edit: (exported: unknown) => unknown) => Promise.resolve(void (rewritten = edit(EXPORTED))),
            },
        } as unknown as Session & Onlooker;
        const deeds = await settleLosses(session, state, options, { logins: () => Promise.resolve({}) }, quiet);
        // Looking changes nothing.
        untouched();
        const fulfil = async (later = now): Promise<string[]> => {
            now = later;
            for (const { elsewhere } of deeds) await elsewhere?.(session);
            const args = await Promise.all(deeds.flatMap(({ toState }) => toState?.(session) ?? []));
            return args.flat();
        };
        return { says: deeds.flatMap(({ says }) => says), fulfil };
    }
    const gone = { "test-psra-postgres-data": { is: undefined } };
    const newer = (holds: string) => ({
        "test-psra-postgres-data": { is: found({ name: "test-psra-postgres-data", ...NEWER }), holds },
    });
    const restarted = (): string[] =>
        (rewritten as { deployment: { resources: { urn: string; taint?: boolean }[] } }).deployment.resources
            .filter(({ taint }) => taint)
            .map((it) => it.urn);
    const untouched = (): void => expect([removed, rewritten]).toEqual([[], undefined]);
    const failure = async (settled: Promise<unknown>): Promise<Failure> => {
        const error: unknown = await settled.catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).exitCode).toBe(2);
        untouched();
        return error as Failure;
    };

    test("nothing is done when all volumes are there", async () => {
        expect((await settle({})).says).toEqual([]);
    });

    test("a loss is refused where data is protected, with both ways on", async () => {
        const { message, next } = await failure(settle(gone));
        expect(message).toContain("data was lost: test-psra-postgres-data (psra-postgres)");
        expect(next).toContain('"A lost volume" in docs/data.md');
        expect(next).toContain("npm run up -- --accept-data-loss --stack test");
    });

    test.each([
        ["accepted", { acceptDataLoss: true }, true],
        ["not protected", {}, false],
    ])("what was lost is made again when the loss is %s", async (_what, options, protectData) => {
        const { says, fulfil } = await settle(gone, options, protectData);
        expect(says).toEqual(["data was lost: test-psra-postgres-data (psra-postgres); it is made again, empty"]);
        expect(await fulfil()).toEqual([]);
        expect(readState(rewritten).volumes.map(({ name }) => name)).not.toContain("test-psra-postgres-data");
        // In the state, so that a run that is cut off now leaves it to the next one.
        expect(restarted()).toEqual([api.urn]);
    });

    test("an empty volume in its place is a loss too, and goes", async () => {
        await failure(settle(newer("nothing")));
        await (await settle(newer("nothing"), {}, false)).fulfil();
        expect(removed).toEqual(["test-psra-postgres-data"]);
    });

    test("an empty one that was filled while the question was open stays, and the state too", async () => {
        const { fulfil } = await settle(newer("nothing"), {}, false);
        await expect(fulfil(newer("older"))).rejects.toThrow("was empty when the plan was made, and is not any more");
        untouched();
    });

    test("an empty one that somebody else has removed meanwhile is no error, one that is in use is", async () => {
        refusal = "Error: No such volume: test-psra-postgres-data";
        const { fulfil } = await settle(newer("nothing"), {}, false);
        await fulfil();
        expect(restarted()).toEqual([api.urn]);
        refusal = "Error response from daemon: volume is in use";
        await expect(fulfil()).rejects.toThrow("cannot be removed: Error response");
    });

    test("one that was never made is no loss", async () => {
        const volumes = STATE.volumes.map((it) => ({ ...it, failed: it.urn === database.urn }));
        expect((await settle(gone, {}, true, { ...STATE, volumes })).says).toEqual([]);
    });

    test("a restored one stays in the state, with everything inside, and is known from then on", async () => {
        const { says, fulfil } = await settle(newer("older"));
        expect(says.join()).toContain("test-psra-postgres-data is newer than the state's and holds older data");
        expect(await fulfil()).toEqual([]);
        const state = readState(rewritten);
        expect(state.volumes.map(({ urn: it }) => it)).toEqual(STATE.volumes.map(({ urn: it }) => it));
        expect(state.contained).toEqual(STATE.contained);
        expect(state.volumes.find(({ name }) => name === "test-psra-postgres-data")?.created).toBe(NEWER.created);
        expect(removed).toEqual([]);
    });

    test("one of which nobody can tell is never guessed about, not even where data is not protected", async () => {
        const { message, next } = await failure(settle(newer("newer"), {}, false));
        expect(message).toContain("whether the data was lost or restored cannot be told");
        expect(next).toContain("--restored");
        expect(await (await settle(newer("newer"), { restored: true })).fulfil()).toEqual([]);
        expect(readState(rewritten).volumes).toHaveLength(STATE.volumes.length);
        rewritten = undefined;
        await (await settle(newer("newer"), { acceptDataLoss: true })).fulfil();
        expect(restarted()).toEqual([api.urn]);
    });

    test("a foreign one is never touched", async () => {
        const foreign = { "test-vault-data": { is: found({ labels: {}, ...NEWER }), holds: "older" } };
        const { message, next } = await failure(settle(foreign, { acceptDataLoss: true, restored: true }, false));
        expect(message).toContain("test-vault-data has content and lacks the labels of test");
        expect(next).toContain("--label strata.environment=test --label strata.service=vault --label strata.data=true");
    });
});
