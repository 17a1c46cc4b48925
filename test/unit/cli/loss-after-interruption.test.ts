/**
 * A data volume that is lost after a run was cut off. Pulumi's part is played by a state that behaves as Pulumi's does: a refresh
 * drops what the engine has no more, with all that refers to it, and an import drops operations without an end.
 */

import type { EngineEvent } from "@pulumi/pulumi/automation";

import { lostWithData } from "../../../cli/commands/down";
import { type DeployOptions, deployOn } from "../../../cli/commands/up";
import type { Failure } from "../../../cli/failure";
import { Progress } from "../../../cli/output/progress";
import { NOTHING_ELSE } from "../../../cli/pulumi/deeds";
import { readState } from "../../../cli/pulumi/state";
import { drop, type RawExport } from "../../../cli/pulumi/state-document";
import { pulumiWithLogins } from "../../support/exported-logins";

const NAME = "production";
const quiet = new Progress(process.stdout, { quiet: true });
const urn = (type: string, name: string): string => `urn:pulumi:${NAME}::strata::${type}::${name}`;
const labels = (service: string, more: object = {}) =>
    Object.entries({ "strata.environment": NAME, "strata.service": service, ...more }).map(([label, value]) => ({
        label,
        value,
    }));
const [VOLUME, CONTAINER, COMMAND] = [
    "docker:index/volume:Volume",
    "docker:index/container:Container",
    "command:local:Command",
];

const SERVICE = "strata:lib:Service";
const component = (service: string) => ({ urn: urn(SERVICE, service), type: SERVICE });
const volume = (service: string) => ({
    urn: urn(`${SERVICE}$${VOLUME}`, `${service}-data`),
    type: VOLUME,
    id: `${NAME}-${service}-data`,
    created: "2026-06-01T00:00:00Z",
    outputs: { name: `${NAME}-${service}-data`, labels: labels(service, { "strata.data": "true" }) },
});
const container = (service: string, on: string[]) => ({
    urn: urn(CONTAINER, `${service}-container`),
    type: CONTAINER,
    id: `id-of-${service}`,
    inputs: { name: `${NAME}-${service}` },
    outputs: { name: `${NAME}-${service}`, image: `${service}:1`, labels: labels(service) },
    dependencies: on,
});
const inside = (type: string, name: string, deletedWith: string, on: string[]) => ({
    urn: urn(type, name),
    type,
    deletedWith,
    dependencies: on,
    outputs: { accessor: `${name}_1` },
});

const vaultData = volume("vault");
const vault = container("vault", [vaultData.urn]);
const mount = inside("vault:index/mount:Mount", "psra-kv", vaultData.urn, [vault.urn]);
const value = inside("vault:generic/secret:Secret", "jwt", mount.urn, [mount.urn]);
const agent = container("psra-api-agent", [value.urn]);
const keycloakData = volume("keycloak-postgres");
const database = container("keycloak-postgres", [keycloakData.urn]);
const cluster = {
    urn: urn("strata:foundation:Postgres", "keycloak-postgres"),
    type: "strata:foundation:Postgres",
    outputs: { identity: "7001" },
};
const databases = {
    urn: urn(COMMAND, "keycloak-postgres-databases"),
    type: COMMAND,
    parent: cluster.urn,
    dependencies: [database.urn],
};
const keycloak = container("keycloak", [databases.urn]);
const provisioner = { urn: urn(COMMAND, "keycloak-provisioner"), type: COMMAND, dependencies: [keycloak.urn] };
const realm = inside("keycloak:index/realm:Realm", "realm", keycloakData.urn, [provisioner.urn]);
const edge = container("edge", []);
const PLAN = "strata:network:FlowPlan";
const RESOURCES = [
    {
        ...{ urn: urn(PLAN, "plan"), type: PLAN },
        outputs: { services: [{ name: "vault" }, { name: "keycloak-postgres" }] },
    },
    ...[component("vault"), component("keycloak-postgres")],
    ...[vaultData, vault, mount, value, agent, edge],
    ...[keycloakData, cluster, database, databases, keycloak, provisioner, realm],
];
/** The edge was being made again, and two containers more. */
const PENDING = ["edge", "psra-web", "psra-worker"].map((service) => ({
    resource: { urn: urn(CONTAINER, `${service}-container`), type: CONTAINER, inputs: { name: `${NAME}-${service}` } },
    type: "creating",
}));
const supply = { urn: urn("strata:lib:Supply", "supply"), type: "strata:lib:Supply", outputs: { engine: "vm/AAAA" } };
const DOCUMENT: RawExport = {
    deployment: {
        // Replacing deletes first: the old edge is not in the state any more.
        resources: [...RESOURCES.filter(({ urn: it }) => it !== edge.urn), supply],
        pending_operations: PENDING,
    },
};

/** What hangs on the volume of a server, and what has to be restarted once it is made again. */
const SERVERS = [
    ["vault", vaultData, [mount.urn, value.urn], []],
    ["keycloak-postgres", keycloakData, [databases.urn, provisioner.urn, realm.urn], [keycloak.urn]],
] as const;

/** How a run ends before its time. */
interface Cut {
    /** The call of `pulumi` at which it is killed, as in {@link stand}'s record. */
    readonly killedAt?: string;
    readonly policyRefuses?: boolean;
    /** Somebody removes every container and volume at this call. */
    readonly losesAllAt?: string;
}

/** @param lost - the server whose container and volume are gone */
function stand(lost: string) {
    const stored = { now: structuredClone(DOCUMENT) };
    const present = new Set([
        ...RESOURCES.flatMap((it) => ("id" in it && it.urn !== edge.urn ? [it.id] : [])),
        // Made by the run that was cut off, before its end was written down.
        "new-edge",
    ]);
    [`${NAME}-${lost}-data`, `id-of-${lost}`].forEach((id) => present.delete(id));
    let done: string[] = [];
    let cut: Cut = {};

    const refresh = (document: { now: RawExport }, args: readonly string[]): void => {
        const excluded = args.filter((_, index) => args[index - 1] === "--exclude");
        const { resources, pending_operations: pending } = document.now.deployment!;
        const isGone = ({ urn: it, id, type }: { urn: string; type: string; id?: string }): boolean =>
            type.startsWith("docker:") && !excluded.includes(it) && !present.has(id ?? "");
        document.now = drop(
            document.now,
            resources!.filter(isGone).map((it) => it.urn),
        ) as RawExport;
        if (args.includes("--clear-pending-creates")) document.now.deployment!.pending_operations = [];
        else document.now.deployment!.pending_operations = pending ?? [];
    };
    const fake = (where: "state" | "copy", document: { now: RawExport }): object => ({
        ...pulumiWithLogins({}),
        configFile: `${__dirname}/../../../Pulumi.local.yaml`,
        state: () => Promise.resolve(readState(structuredClone(document.now))),
        exported: () => Promise.resolve(structuredClone(document.now)),
        rewrite: (edit: (exported: unknown) => unknown) => {
            document.now = edit(structuredClone(document.now)) as RawExport;
            document.now.deployment!.pending_operations = [];
            return Promise.resolve();
        },
        onCopy: (exported: unknown, work: (copy: object) => Promise<unknown>) =>
            work(fake("copy", { now: structuredClone(exported) as RawExport })),
        createStack: () => Promise.resolve({ outcome: "exists" }),
        operate: (verb: string, args: readonly string[], onEvent: (event: EngineEvent) => void) => {
            const call = `${where} ${verb}`;
            if (call === cut.killedAt) return Promise.reject(new Error("killed"));
            done.push(call + (verb !== "refresh" && args.includes(realm.urn) ? " without what is inside" : ""));
            if (call === cut.losesAllAt) present.clear();
            if (verb === "refresh") refresh(document, args);
            if (cut.policyRefuses && verb === "preview") return Promise.resolve({ code: 1, logFile: "/dev/null" });
            onEvent({ sequence: 1, timestamp: 0, summaryEvent: { resourceChanges: { update: 1 } } } as EngineEvent);
            return Promise.resolve({ code: 0, logFile: "/dev/null", interrupted: false });
        },
    });
    const containers = () =>
        [
            ...RESOURCES.filter((it) => it.type === CONTAINER),
            { ...edge, id: "new-edge", urn: "", outputs: { ...edge.outputs } },
        ].flatMap((it) => {
            const { id, outputs } = it as ReturnType<typeof container>;
            const name = outputs.name;
            const well = { labels: {}, state: "running", health: "healthy", networks: [], published: [] };
            return present.has(id) ? [{ ...well, id, name, service: name.slice(NAME.length + 1) }] : [];
        });
    const services = ["edge", "vault", "keycloak"].map((name) => ({
        ...{ name, kind: name, zones: [], routes: [], published: [] },
    }));
    const session = {
        stack: { name: NAME, source: `Pulumi.${NAME}.yaml`, stateFolder: "/nowhere" },
        dockerEnv: {},
        declaration: { refuseChanged: () => undefined },
        access: { backend: { kind: "bucket", url: "s3://states" }, variables: {} },
        declared: {
            config: { protectData: true, products: [], edge: {} },
            platform: { environment: NAME, zones: [], flows: [], services, products: [], secrets: [] },
        },
        engine: {
            identity: () => Promise.resolve("vm/AAAA"),
            all: () => Promise.resolve([]),
            containers: () => Promise.resolve(containers()),
            networks: () => Promise.resolve([]),
            volumes: () =>
                Promise.resolve(
                    [vaultData, keycloakData]
                        .filter(({ id }) => present.has(id))
                        .map(({ id }) => ({ id, name: id, data: true })),
                ),
            volumesNamed: (names: readonly string[]) =>
                Promise.resolve(
                    names
                        .filter((name) => present.has(name))
                        .map((name) => ({ name, labels: { "strata.environment": NAME }, created: NaN })),
                ),
            docker: () => Promise.resolve({ code: 1, stdout: "", stderr: "not asked here" }),
            remove: (kind: string, objects: readonly { id: string }[]) => {
                objects.forEach(({ id }) => {
                    present.delete(id);
                    done.push(`remove ${kind}`);
                });
                return Promise.resolve();
            },
            lastLines: () => Promise.resolve([]),
        },
        pulumi: fake("state", stored),
    } as unknown as Parameters<typeof deployOn>[0];
    const up = async (options: Partial<DeployOptions>, how: Cut = {}): Promise<Error | undefined> => {
        done = [];
        cut = how;
        const begin = () => Promise.resolve(NOTHING_ELSE);
        return deployOn(session, ["up"], { stack: NAME, ...options }, begin, quiet).then(
            () => undefined,
            (error: Error) => error,
        );
    };
    const run = async (...given: Parameters<typeof up>): Promise<string> => (await up(...given))?.message ?? "ended";
    const next = async (options: Partial<DeployOptions>): Promise<unknown> => ((await up(options)) as Failure).next;
    /** `pulumi refresh`, typed by hand: what is inside a server that is gone cannot be read, and stays. */
    const refreshByHand = (): void => {
        present.delete("new-edge");
        refresh(stored, ["--clear-pending-creates"]);
    };
    return { run, next, refreshByHand, document: () => stored.now, done: () => done };
}

const urnsIn = ({ deployment }: RawExport): string[] => deployment!.resources!.map((it) => it.urn);
const tainted = ({ deployment }: RawExport): string[] =>
    deployment!.resources!.filter(({ taint }) => taint).map((it) => it.urn);
const numberOf = (document: RawExport): unknown =>
    document.deployment!.resources!.find((it) => it.urn === cluster.urn)?.outputs?.["identity"];

describe.each(SERVERS)("after a run that was cut off, the data of %s is lost", (lost, data, hanging, restarted) => {
    const accepted = { acceptDataLoss: true, yes: true };
    const known = `data was lost: ${data.id}`;

    test("one accepted up makes again all that hung on it, and what runs on it is restarted", async () => {
        const { run, document } = stand(lost);
        expect(await run({ yes: true })).toContain(known);
        await run(accepted, { killedAt: "state up" });
        const left = urnsIn(document());
        for (const gone of [data.urn, ...hanging]) expect(left).not.toContain(gone);
        expect(tainted(document())).toEqual(restarted);
        expect(document().deployment!.pending_operations).toEqual([]);
        // What is inside the other server stays as it was, and as its volume's.
        const others = SERVERS.filter(([other]) => other !== lost).flatMap(([, , urns]) => urns);
        expect(left).toEqual(expect.arrayContaining([...others]));
        expect(readState(document()).contained.map((it) => it.urn)).toEqual(
            readState(DOCUMENT)
                .contained.filter(({ volume: it }) => it !== data.urn)
                .map((it) => it.urn),
        );
        // A number of data that is gone would be compared with the number of the new data.
        expect(numberOf(document())).toBe(lost === "keycloak-postgres" ? "" : "7001");
    });

    test.each<[string, Partial<DeployOptions>, Cut]>([
        ["nobody said yes", { acceptDataLoss: true }, {}],
        ["a policy refuses", accepted, { policyRefuses: true }],
        ["it is killed while it plans", accepted, { killedAt: "copy refresh" }],
        ["it is killed at the plan", accepted, { killedAt: "copy preview" }],
    ])("changes nothing and is a loss in the next up, too, when %s", async (_, options, how) => {
        const { run, document, done } = stand(lost);
        const before = JSON.stringify(document());
        expect(await run(options, how)).not.toBe("ended");
        expect(done().filter((one) => !one.startsWith("copy"))).toEqual([]);
        expect(JSON.stringify(document())).toBe(before);
        expect(await run({ yes: true })).toContain(known);
    });

    test("the next step of a refusal has what was accepted, as it was typed", async () => {
        const { next } = stand(lost);
        expect(await next({ acceptDataLoss: [data.id] })).toBe(
            `read the plan above; then: npm run up -- --accept-data-loss ${data.id} --yes --stack production`,
        );
        expect(await next({ acceptDataLoss: true })).toContain("npm run up -- --accept-data-loss --yes --stack");
    });

    test("what is accepted and then cut off needs no second word", async () => {
        const { run } = stand(lost);
        expect(await run(accepted, { killedAt: "state refresh" })).toBe("killed");
        expect(await run({ yes: true }, { killedAt: "state up" })).toBe("killed");
    });
});

test("without a loss what was cut off is cleared away after consent, and data is not looked at", async () => {
    const { run, document, done } = stand("nothing");
    const before = JSON.stringify(document());
    expect(await run({})).toContain("nobody said yes; nothing was changed");
    expect(JSON.stringify(document())).toBe(before);
    await run({ yes: true }, { killedAt: "state up" });
    // An edge that is going to be removed leads nobody into a server, however well it is now.
    const plan = "copy preview without what is inside";
    expect(done()).toEqual(["copy refresh", plan, "remove container", "state refresh"]);
    expect(urnsIn(document())).toEqual(urnsIn(DOCUMENT));
});

test("what is lost while the question is open is a loss in the next up", async () => {
    const { run, document } = stand("nothing");
    await run({ yes: true }, { losesAllAt: "copy preview", killedAt: "state up" });
    const state = readState(document());
    expect(state.containers).toEqual([]);
    expect(state.volumes.map(({ name }) => name)).toEqual([vaultData.id, keycloakData.id]);
    expect(state.contained).toEqual(readState(DOCUMENT).contained);
    expect(await run({ yes: true })).toMatch(
        /data was lost: production-vault-data .* production-keycloak-postgres-data .*people/,
    );
});

describe("after a plain pulumi refresh, which drops a lost volume", () => {
    test.each(SERVERS)("the loss of %s is known by what was inside", async (lost, data, hanging, restarted) => {
        const { run, refreshByHand, document } = stand(lost);
        refreshByHand();
        expect(urnsIn(document())).not.toContain(data.urn);
        expect(await run({ yes: true })).toContain(`data was lost: ${data.id} (${lost}`);
        const named = { acceptDataLoss: [data.id], yes: true };
        await run(named, { killedAt: "state up" });
        for (const gone of hanging) expect(urnsIn(document())).not.toContain(gone);
        expect(tainted(document())).toEqual(restarted);
        expect(readState(document()).forgotten).toEqual([]);
    });

    test("data that is there is not forgotten, and what left the stack with its data is not", () => {
        expect(readState(DOCUMENT).forgotten).toEqual([]);
        const { refreshByHand, document } = stand("vault");
        refreshByHand();
        const resources = document().deployment!.resources!;
        const { outputs } = resources[0]!;
        expect(readState(document()).forgotten.map(({ urn: it }) => it)).toEqual([vaultData.urn]);
        resources[0]!.outputs = { ...outputs, services: [{ name: "keycloak-postgres" }] };
        expect(readState(document()).forgotten).toEqual([]);
    });

    test("down --volumes asks no server that is gone for what was inside it", () => {
        expect(lostWithData(readState(DOCUMENT))).toEqual([]);
        const { refreshByHand, document } = stand("vault");
        refreshByHand();
        expect(lostWithData(readState(document()))).toEqual([mount.urn, value.urn]);
    });

    test("a server that was made again since is compared with what the state knows inside it", () => {
        const { refreshByHand, document } = stand("vault");
        refreshByHand();
        document().deployment!.resources!.splice(3, 0, vaultData);
        const state = readState(document());
        expect(state.contained.filter((it) => it.volume === vaultData.urn)).toHaveLength(2);
        expect(state.numbered.find(({ server }) => server === "vault")?.numbers).toEqual(["psra-kv_1"]);
    });
});
