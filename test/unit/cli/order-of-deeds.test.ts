/** Commands that do more than an update: what they have changed when nobody agreed, and in which order they work when somebody did. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EngineEvent } from "@pulumi/pulumi/automation";

import { removal } from "../../../cli/commands/product";
import { authorities } from "../../../cli/commands/rotate";
import { type DeployOptions, deployOn } from "../../../cli/commands/up";
import type { InspectedVolume } from "../../../engine/volumes";
import { Consent } from "../../../cli/commands/consent";
import { updateInTwoParts } from "../../../cli/commands/two-parts";
import { Progress } from "../../../cli/output/progress";
import { type Begin, Deeds, NOTHING_ELSE } from "../../../cli/pulumi/deeds";
import type { Lock } from "../../../cli/pulumi/locks";
import { readState } from "../../../cli/pulumi/state";
import { Declaration } from "../../../cli/stacks/declaration";
import { pulumiWithLogins } from "../../support/exported-logins";

const NAME = "production";
const CREATED = "2026-06-01T00:00:00Z";
const DATA = `${NAME}-psra-postgres-data`;
const ZONE = "10.1.5.0/24";

type Document = { deployment: { resources: object[] } };

const quiet = new Progress(process.stdout, { quiet: true });
const urn = (type: string, name: string): string => `urn:pulumi:${NAME}::strata::${type}::${name}`;
const labels = (pairs: Record<string, string>) => Object.entries(pairs).map(([label, value]) => ({ label, value }));
const flowPlan = (subnet: string) => ({
    zones: [{ name: "vault-net", subnet }],
    services: [{ name: "edge", kind: "edge" }],
    flows: [{ from: "edge", to: "vault", zone: "vault-net" }],
});
const VOLUME = "docker:index/volume:Volume";
const CONTAINER = "docker:index/container:Container";
const MOUNT = "vault:index/mount:Mount";
const ROOT = "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert";

const volume = {
    urn: urn(VOLUME, "psra-postgres-data"),
    type: VOLUME,
    id: DATA,
    protect: true,
    created: CREATED,
    outputs: {
        name: DATA,
        labels: labels({
            "strata.environment": NAME,
            "strata.product": "psra",
            "strata.service": "psra-postgres",
            "strata.data": "true",
        }),
    },
};
const container = (id: string, service: string) => ({
    urn: urn(CONTAINER, service),
    type: CONTAINER,
    id,
    inputs: { image: `${service}:1` },
    outputs: { name: `${NAME}-${service}`, image: `${service}:1`, labels: labels({ "strata.service": service }) },
});
const mount = {
    urn: urn(`strata:identity:VaultConfiguration$${MOUNT}`, "psra-kv"),
    type: MOUNT,
    protect: true,
    inputs: { path: "psra/kv" },
    deletedWith: urn(VOLUME, "vault-data"),
};
const endsSoon = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"].concat([
        ...["-subj", "/CN=x", "-days", "9"],
    ]),
    { encoding: "utf8" },
).stdout;
const root = {
    urn: urn(ROOT, "root"),
    type: ROOT,
    protect: true,
    inputs: { commonName: `strata ${NAME} internal authority`, backend: "platform/pki" },
    outputs: { certificate: endsSoon },
};
const DOCUMENT: Document = {
    deployment: {
        resources: [
            volume,
            container("c1", "edge"),
            container("c2", "psra-postgres"),
            container("c3", "vault"),
            mount,
            root,
            { urn: urn("strata:lib:Supply", "supply"), type: "strata:lib:Supply", outputs: { engine: "vm/AAAA" } },
            { urn: urn("strata:network:FlowPlan", "plan"), type: "strata:network:FlowPlan", outputs: flowPlan(ZONE) },
        ],
    },
};

let vault: Server;
/** What Vault has at the only path that is declared; without one it is silent. */
let lies: (() => "nothing" | "a value" | undefined) | undefined;
/** What changed or would change something, and who was asked, in order. */
let done: string[];
/** Arguments of every run of `pulumi`. */
let given: { verb: string; args: readonly string[] }[];
beforeAll(async () => {
    vault = createServer((request, response) => {
        request.resume().on("end", () => {
            const there = lies === undefined ? "nothing" : lies();
            if (there === undefined) return response.destroy();
            if (request.url?.endsWith("login")) return response.end('{"auth":{"client_token":"t"}}');
            if (request.method === "GET" && there === "nothing") return response.writeHead(404).end();
            if (request.method === "GET") return response.end('{"data":{"keys":["x"]}}');
            done.push(`vault ${request.method} ${request.url}`);
            return response.writeHead(204).end();
        });
    });
    await new Promise<void>((resolve) => vault.listen(0, "127.0.0.1", resolve));
});
/** Root of a checkout with one product. */
let checkout: string;
beforeEach(() => {
    done = [];
    given = [];
    lies = undefined;
    checkout = mkdtempSync(join(tmpdir(), "strata-declared-"));
    writeFileSync(join(checkout, "psra.ts"), "of the plan");
});
afterEach(() => rmSync(checkout, { recursive: true }));
afterAll(() => new Promise((resolve) => vault.close(resolve)));

/** What goes another way than usual. */
interface Twist {
    /** Ids of containers on the engine, until an update has brought back all of them. */
    running?: readonly string[];
    readonly staysSilent?: boolean;
    /** The edge is starting, for so many looks at the engine. */
    readonly starting?: number;
    /** The data volume as the engine has it; `null` when it is gone. */
    readonly volume?: InspectedVolume | null;
    readonly holds?: string;
    /** A resource that the declaration adds. */
    readonly adds?: { readonly urn: string; readonly type: string };
    /** Of the engine. */
    readonly identity?: string;
    /** Subnet that is declared for the edge and Vault. */
    readonly subnet?: string;
    readonly products?: readonly string[];
    readonly policyRefuses?: boolean;
    /** Somebody takes the lock before this question for it: the first, or the one before the deeds. */
    readonly lockedAt?: 1 | 2;
    /** Somebody works on the stack while the question is open. */
    readonly changedMeanwhile?: boolean;
    /** A product's file is written during the first thing of the kind: a plan, a deed, an update. */
    readonly declaredAt?: "preview" | "rewrite" | "up";
}

const WELL = { labels: {}, state: "running", health: "healthy", networks: [], published: [] };
const held: Lock = { user: "anna", host: "elsewhere", pid: 1, since: CREATED };

function stand({ ...twist }: Twist) {
    const documents = { now: structuredClone(DOCUMENT) };
    let locksAsked = 0;
    const declare = (): void => writeFileSync(join(checkout, "psra.ts"), "of somebody else");
    const fake = (where: "state" | "copy", document: { now: Document }): object => ({
        ...pulumiWithLogins({ vaultAddress: `http://127.0.0.1:${(vault.address() as AddressInfo).port}` }),
        configFile: `${__dirname}/../../../Pulumi.local.yaml`,
        state: () => Promise.resolve(readState(structuredClone(document.now))),
        exported: () => Promise.resolve(structuredClone(document.now)),
        rewrite: (edit: (exported: unknown) => unknown) => {
            done.push(`${where} rewrite`);
            if (twist.declaredAt === "rewrite" && where === "state") declare();
            document.now = edit(structuredClone(document.now)) as Document;
            return Promise.resolve();
        },
        onCopy: (exported: unknown, work: (copy: object) => Promise<unknown>) =>
            work(fake("copy", { now: structuredClone(exported) as Document })),
        createStack: () => {
            locksAsked += 1;
            done.push("lock");
            return Promise.resolve(
                locksAsked === twist.lockedAt ? { outcome: "locked", locks: [held] } : { outcome: "exists" },
            );
        },
        operate: (verb: string, args: readonly string[], onEvent: (event: EngineEvent) => void) => {
            given.push({ verb, args });
            const shown = args.filter((arg) => arg === "--refresh" || arg === mount.urn);
            done.push([where, verb, ...shown.map((arg) => (arg === mount.urn ? "without the mount" : arg))].join(" "));
            if (twist.declaredAt === verb) declare();
            const event = (more: object): void => onEvent({ sequence: 1, timestamp: 0, ...more });
            if (twist.policyRefuses && verb === "preview") {
                const said = { policyName: "p", message: "no", enforcementLevel: "mandatory" };
                event({ policyEvent: said });
                return Promise.resolve({ code: 1, logFile: "/dev/null", interrupted: false });
            }
            if (twist.adds) {
                const metadata = { ...twist.adds, op: "create", provider: "", new: { ...twist.adds, inputs: {} } };
                event({ resourcePreEvent: { metadata, planning: true } });
            }
            if (twist.changedMeanwhile && verb === "preview") documents.now.deployment.resources.pop();
            if (verb === "up" && !twist.staysSilent) delete twist.running;
            event({ summaryEvent: { resourceChanges: { update: 1 } } });
            return Promise.resolve({ code: 0, logFile: "/dev/null", interrupted: false });
        },
    });
    const there: InspectedVolume = { name: DATA, labels: { "strata.environment": NAME }, created: NaN };
    let looks = 0;
    const containers = () => {
        const isStarting = looks < (twist.starting ?? 0);
        looks += 1;
        return Object.entries({ c1: "edge", c2: "psra-postgres", c3: "vault" })
            .filter(([id]) => twist.running?.includes(id) ?? true)
            .map(([id, service]) => ({ ...WELL, id, service, name: `${NAME}-${service}` }))
            .map((it) => (isStarting && it.service === "edge" ? { ...it, health: "starting" } : it));
    };
    const session = {
        stack: { name: NAME, source: `Pulumi.${NAME}.yaml`, stateFolder: "/nowhere" },
        dockerEnv: { DOCKER_HOST: "unix:///other.sock" },
        declaration: Declaration.of({ name: NAME, source: join(checkout, `Pulumi.${NAME}.yaml`) }, checkout),
        access: { backend: { kind: "bucket", url: "s3://states" }, variables: {} },
        declared: {
            config: {
                protectData: true,
                vault: { server: "vault" },
                images: { vault: "vault:1" },
                products: [],
            },
            platform: {
                ...flowPlan(twist.subnet ?? ZONE),
                environment: NAME,
                services: [
                    { name: "edge", kind: "edge", zones: [], routes: [], published: [] },
                    { name: "vault", kind: "vault", zones: [], routes: [], published: [] },
                    { name: "psra-postgres", kind: "postgres", zones: [], routes: [], published: [] },
                ],
                products: twist.products ?? ["psra"],
                secrets: [
                    { owner: "psra", engine: "kv", path: "x" },
                    { owner: "platform", engine: "pki", path: "x" },
                ],
            },
        },
        engine: {
            all: () => Promise.resolve([]),
            identity: () => Promise.resolve(twist.identity),
            containers: () => Promise.resolve(containers()),
            networks: () => Promise.resolve([]),
            volumes: () => Promise.resolve([{ id: DATA, name: DATA, data: true }]),
            volumesNamed: () => Promise.resolve(twist.volume === null ? [] : [twist.volume ?? there]),
            docker: (args: readonly string[]) => {
                if (args[0] !== "run") done.push(`docker ${args.join(" ")}`);
                return Promise.resolve({ code: 0, stdout: `${twist.holds ?? ""}\n`, stderr: "" });
            },
            remove: (kind: string, objects: readonly object[]) =>
                Promise.resolve(void (objects.length > 0 && done.push(`remove ${kind}`))),
            lastLines: () => Promise.resolve([]),
        },
        pulumi: fake("state", documents),
    } as unknown as Parameters<typeof deployOn>[0];
    const run = (options: Partial<DeployOptions>, begin: Begin): Promise<number> =>
        deployOn(session, ["up"], { stack: NAME, ...options }, begin, quiet);
    const isStarting = (): boolean => looks <= (twist.starting ?? 0);
    return { run, session, isStarting, text: () => JSON.stringify(documents.now) };
}

const nothingElse: Begin = () => Promise.resolve(NOTHING_ELSE);
const newer = { name: DATA, labels: { "strata.environment": NAME }, created: Date.parse(CREATED) + 3_600_000 };

/** Name, options, twist, what the command is about, and what it does after consent between the lock and the update. */
const COMMANDS: readonly (readonly [string, Partial<DeployOptions>, Twist, Begin, readonly string[]])[] = [
    ["up after a loss", { acceptDataLoss: true }, { volume: null }, nothingElse, ["state rewrite"]],
    [
        "up with an empty volume in place of the lost one",
        { acceptDataLoss: true },
        { volume: newer, holds: "nothing" },
        nothingElse,
        [`docker volume rm ${DATA}`, "state rewrite"],
    ],
    ["up after a restored backup", {}, { volume: newer, holds: "older" }, nothingElse, ["state rewrite"]],
    [
        "up with other addresses",
        {},
        { subnet: "10.2.5.0/24" },
        nothingElse,
        ["vault PUT /v1/auth/approle/role/provisioner"],
    ],
    [
        "up with a container that is gone",
        {},
        { running: ["c1", "c3"] },
        nothingElse,
        ["state refresh without the mount"],
    ],
    ["rotate authorities with a root that ends soon", {}, {}, authorities(), ["state rewrite"]],
    [
        "product remove",
        {},
        { products: [] },
        removal("psra", { stack: NAME, confirm: "psra" }, quiet),
        ["vault DELETE /v1/sys/mounts/psra/kv", "state rewrite"],
    ],
];

const changes = (): string[] => done.filter((one) => one !== "lock" && !one.startsWith("copy"));

describe.each(COMMANDS)("%s", (_, options, twist, begin, deeds) => {
    const yes = { ...options, yes: true };

    test.each([
        ["nobody said yes", options, {}, "nobody said yes"],
        ["a policy refuses", yes, { policyRefuses: true }, "a policy refuses"],
        ["somebody works on the stack", yes, { lockedAt: 1 }, "anna"],
        ["somebody began to work on it after the plan", yes, { lockedAt: 2 }, "anna"],
    ] as const)("changes nothing when %s", async (_why, given, more, message) => {
        const { run, text } = stand({ ...twist, ...more });
        await expect(run(given, begin)).rejects.toThrow(message);
        expect(changes().filter((one) => one !== "state preview")).toEqual([]);
        expect(text()).toBe(JSON.stringify(DOCUMENT));
    });

    test("does it once somebody said yes, and the lock was asked for again", async () => {
        const { run } = stand(twist);
        await run(yes, begin);
        const isPlannedOnCopy = done.some((one) => one === "copy preview");
        expect(isPlannedOnCopy).toBe(!deeds[0]?.startsWith("vault PUT"));
        expect(changes()).toEqual([...(isPlannedOnCopy ? [] : ["state preview"]), ...deeds, "state up"]);
        expect(done.lastIndexOf("lock")).toBe(done.indexOf(deeds[0]!) - 1);
    });
});

test.each(COMMANDS.filter(([, , { subnet }]) => subnet === undefined))(
    "%s: not on a state that somebody changed while the question was open",
    async (_, options, twist, begin) => {
        const { run } = stand({ ...twist, changedMeanwhile: true });
        await expect(run({ ...options, yes: true }, begin)).rejects.toThrow("has changed since the plan was made");
        expect(changes()).toEqual([]);
    },
);

describe("a declaration that somebody changed", () => {
    const other = `the declaration of ${NAME} changed while this ran (`;

    test.each(COMMANDS)("after the plan of %s is not what was agreed to", async (_, options, twist, begin) => {
        const { run, text } = stand({ ...twist, declaredAt: "preview" });
        const refused = await run({ ...options, yes: true }, begin).catch((thrown: unknown) => thrown);
        expect(refused).toMatchObject({
            message: `${other}${checkout}/psra.ts); nothing was changed`,
            next: "run it again: the plan is made anew",
            exitCode: 2,
        });
        expect(changes().filter((one) => one !== "state preview")).toEqual([]);
        expect(text()).toBe(JSON.stringify(DOCUMENT));
    });

    test("after a deed ends before the update, which is said", async () => {
        const { run } = stand({ volume: null, declaredAt: "rewrite" });
        await expect(run({ acceptDataLoss: true, yes: true }, nothingElse)).rejects.toThrow(
            /psra\.ts\); nothing more was changed$/,
        );
        expect(changes()).toEqual(["state rewrite"]);
    });

    test("during the first of two parts is not planned in the second", async () => {
        const { run } = stand({ running: ["c2"], declaredAt: "up" });
        await expect(run({ yes: true }, nothingElse)).rejects.toThrow(/psra\.ts\); nothing more was changed$/);
        expect(done.at(-1)).toBe("state up without the mount");
    });

    test("during the only update is no fault: it was read before", async () => {
        await expect(stand({ declaredAt: "up" }).run({ yes: true }, nothingElse)).resolves.toBe(0);
    });
});

test("a loss that nobody agreed to forget is a loss in the next up, too", async () => {
    const { run } = stand({ volume: null });
    await expect(run({ acceptDataLoss: true }, nothingElse)).rejects.toThrow("nobody said yes; nothing was changed");
    await expect(run({ yes: true }, nothingElse)).rejects.toThrow(`data was lost: ${DATA} (psra-postgres)`);
});

describe("an engine with none of the state's containers", () => {
    const other: Twist = { running: [], volume: null };

    test.each(COMMANDS)(
        "is not taken for the right one by %s, whatever else is said",
        async (_, options, more, begin) => {
            const { run, text } = stand({ ...more, ...other });
            const { message, next, exitCode } = (await run(
                { ...options, yes: true, acceptDataLoss: true },
                begin,
            ).catch((thrown: unknown) => thrown as { message: string; next: string; exitCode: number })) as {
                message: string;
                next: string;
                exitCode: number;
            };
            expect(message).toContain(
                "unix:///other.sock has none of the 3 containers that the state of production knows",
            );
            expect(message).not.toContain("lost");
            expect(next).toContain("npm run up -- --right-engine --stack production");
            expect([exitCode, changes(), text()]).toEqual([2, [], JSON.stringify(DOCUMENT)]);
        },
    );

    test("is the right one by its identity; then its losses are reported", async () => {
        const { run } = stand({ ...other, identity: "vm/AAAA" });
        await expect(run({ yes: true }, nothingElse)).rejects.toThrow("data was lost");
    });

    test("is the right one when the user says so; then its losses are reported", async () => {
        const { run } = stand(other);
        await expect(run({ rightEngine: true, yes: true }, nothingElse)).rejects.toThrow("data was lost");
        expect(changes()).toEqual([]);
        await run({ rightEngine: true, acceptDataLoss: true, yes: true }, nothingElse);
        expect(changes()).toEqual([
            "state rewrite",
            "state refresh without the mount",
            "state up without the mount",
            "state preview",
            "state up",
        ]);
    });
});

describe("while a server does not answer that would have to be asked for what is inside", () => {
    const silent: Twist = { running: ["c2", "c3"] };

    test("up plans the rest, asks, and does it; then it plans what is inside, asks again, and does that", async () => {
        await stand(silent).run({ yes: true, refresh: true }, nothingElse);
        expect(done.filter((one) => one !== "lock")).toEqual([
            "copy refresh without the mount",
            "copy preview without the mount",
            "state refresh without the mount",
            "state up without the mount",
            "state preview --refresh",
            "state up --refresh",
        ]);
    });

    test.each([
        ["nobody said yes", {}, {}, "nothing was changed"],
        ["a policy refuses the rest", { yes: true }, { policyRefuses: true }, "a policy refuses"],
    ] as const)("up changes nothing when %s", async (_, options, more, message) => {
        const { run, text } = stand({ ...silent, ...more });
        await expect(run(options, nothingElse)).rejects.toThrow(message);
        expect([changes(), text()]).toEqual([[], JSON.stringify(DOCUMENT)]);
    });

    test("a value at a new path is looked for as soon as Vault answers, before the second part", async () => {
        // Vault answers when the first part is done.
        lies = () => (done.includes("state up without the mount") ? "a value" : undefined);
        const { run, text } = stand(silent);
        await expect(run({ yes: true }, nothingElse)).rejects.toMatchObject({
            message:
                "values in Vault would be destroyed: psra/kv/x; the servers are back, and nothing more was changed",
            exitCode: 2,
        });
        expect(changes().at(-1)).toBe("state up without the mount");
        expect(text()).toBe(JSON.stringify(DOCUMENT));
    });

    test("and when it answers before anything was done, before all of it", async () => {
        const { run, isStarting } = stand({ starting: 1 });
        lies = () => (isStarting() ? undefined : "a value");
        await expect(run({ yes: true }, nothingElse)).rejects.toThrow("destroyed: psra/kv/x; nothing was touched");
        expect(changes()).toEqual([]);
    });

    test("a refresh that a deed asks for includes what is inside, too", async () => {
        const { session } = stand(silent);
        const added = ["--replace", urn(CONTAINER, "edge"), "--refresh"];
        const deeds = new Deeds(session, [{ says: [], toState: () => Promise.resolve(added) }]);
        const request = { deeds, deletes: [], args: ["--given"], refresh: false, inside: "compared" } as const;
        const silence = { silent: ["edge"], lookAgain: () => Promise.resolve() };
        const consent = new Consent(NAME, ["up"], { yes: true }, quiet);
        await updateInTwoParts(session, request, silence, consent, quiet);
        expect(given.at(-1)).toMatchObject({ verb: "up" });
        expect(given.at(-1)?.args).toEqual(expect.arrayContaining(["--given", "--refresh"]));
        expect(given.at(-1)?.args).not.toContain("--replace");
    });

    test.each([MOUNT, "vault:generic/secret:Secret", "vault:index/policy:Policy"])(
        "what the declaration adds inside waits for the second part: %s",
        async (type) => {
            const added = urn(`strata:identity:VaultConfiguration$${type}`, "new");
            await stand({ ...silent, adds: { urn: added, type } }).run({ yes: true }, nothingElse);
            const parts = given.filter(({ verb }) => verb === "up").map(({ args }) => args.includes(added));
            expect(parts).toEqual([true, false]);
        },
    );

    test("something else that it adds, or what is inside already, does not", async () => {
        const own = { urn: urn(CONTAINER, "new"), type: CONTAINER };
        await stand({ ...silent, adds: own }).run({ yes: true }, nothingElse);
        await stand({ ...silent, adds: mount }).run({ yes: true }, nothingElse);
        expect(changes().filter((one) => one === "state up")).toHaveLength(2);
    });

    test("up says so, when it does not answer afterwards either", async () => {
        const { run } = stand({ ...silent, staysSilent: true });
        await expect(run({ yes: true }, nothingElse)).rejects.toMatchObject({
            message: "not healthy: edge; what is inside was not compared",
            exitCode: 1,
        });
        expect(done.at(-1)).toBe("state up without the mount");
    });

    test.each(COMMANDS.slice(-2))("%s does not begin", async (_, options, twist, begin) => {
        const { run, text } = stand({ ...twist, ...silent });
        const refused = run({ ...options, yes: true }, begin);
        await expect(refused).rejects.toThrow("not healthy: edge, and up changes what is inside; nothing was changed");
        expect([changes(), text()]).toEqual([[], JSON.stringify(DOCUMENT)]);
    });
});

test.each([{ refresh: true }, { changeSupply: true }])(
    "%j looks at every object, for the plan too",
    async (options) => {
        await stand({}).run({ ...options, yes: true }, nothingElse);
        expect(changes()).toEqual(["state preview --refresh", "state up --refresh"]);
    },
);
