/** Whether a volume that is there holds the data that the state knows, asked of real answers of the servers. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Engine } from "../../../engine/engine";
import { Progress } from "../../../cli/output/progress";
import { sayData } from "../../../cli/pulumi/fates";
import type { Onlooker } from "../../../cli/pulumi/deeds";
import { type AdministratorLogins, readLogins } from "../../../cli/pulumi/logins";
import type { DataLossOptions } from "../../../cli/pulumi/loss-answers";
import { examineVolumes, settleLosses, type Volume } from "../../../cli/pulumi/lost-data";
import { readState } from "../../../cli/pulumi/state";
import type { Session } from "../../../cli/session";
import { readCluster } from "../../../components/foundation/postgres/data";

const labels = (service: string) =>
    Object.entries({ "strata.environment": "test", "strata.service": service, "strata.data": "true" }).map(
        ([label, value]) => ({ label, value }),
    );
const urn = (type: string, name: string): string => `urn:pulumi:test::strata::${type}::${name}`;
const volume = (service: string) => ({
    urn: urn("docker:index/volume:Volume", `${service}-data`),
    type: "docker:index/volume:Volume",
    id: `test-${service}-data`,
    outputs: { name: `test-${service}-data`, labels: labels(service) },
});
const container = (service: string) => ({
    urn: urn("docker:index/container:Container", `${service}-container`),
    type: "docker:index/container:Container",
    id: `id-of-${service}`,
    outputs: { name: `test-${service}`, image: `${service}:1`, labels: labels(service) },
    dependencies: [volume(service).urn],
});
const postgres = {
    urn: urn("strata:products:ProductServices$strata:foundation:Postgres", "psra-postgres"),
    type: "strata:foundation:Postgres",
    outputs: { identity: "7001" },
};
const databases = {
    urn: urn("command:local:Command", "psra-postgres-databases"),
    type: "command:local:Command",
    parent: postgres.urn,
    dependencies: [container("psra-postgres").urn],
};
const mount = (path: string, accessor: string) => ({
    urn: urn("vault:index/mount:Mount", path),
    type: "vault:index/mount:Mount",
    deletedWith: volume("vault").urn,
    outputs: { path, accessor },
});
const plan = {
    urn: urn("strata:network:FlowPlan", "plan"),
    type: "strata:network:FlowPlan",
    outputs: { services: [{ name: "vault", kind: "vault", image: "vault" }] },
};
const EXPORTED = {
    version: 3,
    deployment: {
        resources: [
            ...["psra-postgres", "vault", "psra-redis"].flatMap((service) => [volume(service), container(service)]),
            postgres,
            databases,
            plan,
            mount("psra/kv", "kv_1"),
            mount("psra/transit", "transit_2"),
        ],
    },
};

/** What the servers answer. */
interface World {
    /** Number of the cluster; empty when there is none; missing when the container does not run. */
    readonly running?: string;
    /** Number in the volume, for a container that does not run; missing when it cannot be looked at. */
    readonly stored?: string;
    /** `vault status`; missing when the container does not run. */
    readonly seal?: object;
    /** Accessors of the mounts; missing when the program is not let in. */
    readonly accessors?: readonly string[];
}
const WELL: World = { running: "7001", seal: { initialized: true, sealed: false }, accessors: ["kv_1", "transit_2"] };

let server: Server;
let world: World;
beforeAll(async () => {
    server = createServer((request, response) => {
        const { accessors } = world;
        const mounts = Object.fromEntries((accessors ?? []).map((accessor) => [`${accessor}/`, { accessor }]));
        response.statusCode = accessors === undefined ? 403 : 200;
        response.end(
            JSON.stringify(request.url === "/v1/sys/mounts" ? { data: mounts } : { auth: { client_token: "t" } }),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const controlData = (number: string | undefined, silence: string) => {
    if (number === undefined) return { code: 1, stdout: "", stderr: silence };
    if (number === "") {
        const missing = 'could not open file "/var/lib/postgresql/data/pgdata/global/pg_control" for reading';
        return { code: 1, stdout: "", stderr: `pg_controldata: error: ${missing}: No such file or directory\n` };
    }
    const stdout = `pg_control version number:            1700\nDatabase system identifier:           ${number}\n`;
    return { code: 0, stdout, stderr: "" };
};

const asked: string[] = [];
const engine = {
    volumesNamed: (names: readonly string[]) =>
        Promise.resolve(names.map((name) => ({ name, labels: { "strata.environment": "test" }, created: NaN }))),
    docker: (args: readonly string[]) => {
        asked.push(args.join(" "));
        if (args.includes("status")) {
            const { seal } = world;
            if (seal === undefined) return Promise.resolve({ code: 1, stdout: "", stderr: "is not running" });
            return Promise.resolve({ code: 0, stdout: JSON.stringify(seal), stderr: "" });
        }
        return Promise.resolve(
            args[0] === "exec"
                ? controlData(world.running, "Error response from daemon: container is not running")
                : controlData(world.stored, "docker: no such image"),
        );
    },
} as unknown as Engine;

function logins(): Promise<AdministratorLogins> {
    const { port } = server.address() as AddressInfo;
    return Promise.resolve({ vault: { address: `http://127.0.0.1:${port}`, roleId: "strata", secretId: "one" } });
}

async function examined(changes: World, base: World = WELL): Promise<Record<string, string>> {
    world = { ...base, ...changes };
    const volumes = await examineVolumes(readState(EXPORTED), { engine, logins });
    const said = ({ fate, inPlace, unsure }: Volume): string =>
        unsure ?? (inPlace ? "other data" : fate === "there" ? "same" : fate);
    return Object.fromEntries(volumes.map((one) => [one.name.slice("test-".length, -"-data".length), said(one)]));
}

test("the numbers of a state are those of its clusters and of Vault's mounts", () => {
    expect(readState(EXPORTED).numbered).toEqual([
        {
            server: "postgres",
            volume: volume("psra-postgres").urn,
            numbers: ["7001"],
            reader: databases.urn,
            holder: postgres.urn,
        },
        { server: "vault", volume: volume("vault").urn, numbers: ["kv_1", "transit_2"] },
    ]);
});

test("data with the numbers of the state is the same, and what has no number counts as such", async () => {
    expect(await examined({})).toEqual({ "psra-postgres": "same", vault: "same", "psra-redis": "same" });
});

test("a Postgres that does not run is judged by what is in its volume", async () => {
    asked.length = 0;
    const { running: _, ...stopped } = WELL;
    expect((await examined({ stored: "7001" }, stopped))["psra-postgres"]).toBe("same");
    expect((await examined({ stored: "7002" }, stopped))["psra-postgres"]).toBe("other data");
    expect((await examined({ stored: "" }, stopped))["psra-postgres"]).toBe("other data");
    expect(asked.find((it) => it.startsWith("run "))).toContain(
        "--volume=test-psra-postgres-data:/var/lib/postgresql/data:ro,nocopy --entrypoint=pg_controldata psra-postgres:1",
    );
});

test.each([
    ["a cluster that was begun anew", { running: "7002" }, "psra-postgres"],
    ["a folder that was emptied under the server", { running: "" }, "psra-postgres"],
    ["a Vault that is not initialised", { seal: { initialized: false, sealed: true } }, "vault"],
    ["a Vault that was begun anew", { accessors: ["kv_8", "cubbyhole_9"] }, "vault"],
] as const)("%s is other data", async (_what, changes, service) => {
    expect((await examined(changes))[service]).toBe("other data");
});

test("a Vault of which a mount was removed by hand is the same", async () => {
    expect((await examined({ accessors: ["transit_2"] }))["vault"]).toBe("same");
});

test("a server that does not answer could not be asked, which does not count as fine", async () => {
    const { running: _, ...stopped } = WELL;
    expect((await examined({}, stopped))["psra-postgres"]).toBe("docker: no such image");
    const { seal: __, ...noVault } = WELL;
    expect((await examined({}, noVault))["vault"]).toBe("Vault does not answer");
    expect((await examined({ seal: { initialized: true, sealed: true } }))["vault"]).toBe("Vault is sealed");
    const { accessors: ___, ...locked } = WELL;
    expect((await examined({}, locked))["vault"]).toBe("Vault does not let the program in");
});

test("what pg_controldata cannot read for another reason is no loss", () => {
    const denied = 'pg_controldata: error: could not open file "/x/global/pg_control" for reading: Permission denied';
    expect(readCluster({ code: 1, stdout: "", stderr: `${denied}\n` })).toEqual({ unsure: denied });
});

describe("before an update", () => {
    let rewritten: unknown;
    let said: string;

    async function settle(changes: World, options: DataLossOptions = {}) {
        world = { ...WELL, ...changes };
        rewritten = undefined;
        said = "";
        const { port } = server.address() as AddressInfo;
        const shown = (name: string) => ({
            urn: urn("random:index/randomPassword:RandomPassword", name),
            type: "random:index/randomPassword:RandomPassword",
            outputs: { result: { plaintext: '"one"' } },
        });
        const stack = { urn: "s", type: "pulumi:pulumi:Stack", outputs: { vaultAddress: `http://127.0.0.1:${port}` } };
        const secrets = { deployment: { resources: [stack, shown("vault-provisioner")] } };
        const session = {
            engine,
            stack: { name: "test" },
            declared: { config: { protectData: false } },
            pulumi: {
                rewrite: (edit: (exported: unknown) => unknown) => Promise.resolve(void (rewritten = edit(EXPORTED))),
            },
        } as unknown as Session & Onlooker;
        const logins = (): Promise<AdministratorLogins> => Promise.resolve(readLogins(secrets));
        const progress = new Progress({ write: (text) => (said += text) });
        const deeds = await settleLosses(session, readState(EXPORTED), options, { logins }, progress);
        expect(rewritten).toBeUndefined();
        const args: string[] = [];
        for (const { elsewhere, toState } of deeds) {
            await elsewhere?.(session);
            args.push(...((await toState?.(session)) ?? []));
        }
        return args;
    }

    test("other data is refused, also where data is not protected: it may be a backup", async () => {
        await expect(settle({ running: "7002" })).rejects.toMatchObject({
            message: expect.stringContaining("test-psra-postgres-data holds other data than the state knows") as string,
            next: expect.stringContaining("--restored") as string,
            exitCode: 2,
        });
        expect(rewritten).toBeUndefined();
    });

    test("a lost one is made again: its databases, and in Vault what was configured there", async () => {
        await settle({ running: "7002" }, { acceptDataLoss: true });
        expect(readState(rewritten).volumes.map(({ name }) => name)).toContain("test-psra-postgres-data");
        expect(JSON.stringify(rewritten)).not.toContain('"urn":"' + databases.urn);
        // The number of the lost data: a run that is cut off now must not find it again in the next one.
        expect(readState(rewritten).numbered.map(({ server }) => server)).toEqual(["vault"]);
        await settle({ accessors: ["kv_8"] }, { acceptDataLoss: true });
        expect(readState(rewritten).contained).toEqual([]);
    });

    test("a restored one stays, and its number is read again", async () => {
        expect(await settle({ running: "7002" }, { restored: true })).toEqual([]);
        expect(readState(rewritten).volumes).toHaveLength(3);
        expect(JSON.stringify(rewritten)).not.toContain('"urn":"' + databases.urn);
        expect(await settle({ accessors: ["kv_8"] }, { restored: true })).toEqual(["--refresh"]);
        expect(readState(rewritten).contained).toHaveLength(2);
    });

    test("what could not be told is said, and holds nothing up: the servers may have to be started first", async () => {
        expect(await settle({ seal: { initialized: true, sealed: true } })).toEqual([]);
        expect(said).toContain(
            "could not tell whether test-vault-data holds the data that the state knows: Vault is sealed",
        );
    });
});

test("each fate is said, with the way on where something is lost", () => {
    let text = "";
    const say = (volumes: Parameters<typeof sayData>[0]) => {
        text = "";
        return sayData(volumes, new Progress({ write: (it) => (text += it) }), "test");
    };
    expect(say([{ name: "a", fate: "there" }])).toEqual({ isLost: false, isUnsure: false });
    expect(text).toBe("");
    expect(say([{ name: "a", fate: "begun", inPlace: true }])).toEqual({ isLost: true, isUnsure: false });
    expect(text).toContain("✗ a holds other data than the state knows\n  next: npm run up -- --stack test");
    expect(say([{ name: "a", fate: "there", unsure: "no answer" }])).toEqual({ isLost: false, isUnsure: true });
    expect(text).toBe("! could not tell whether a holds the data that the state knows: no answer\n");
});
