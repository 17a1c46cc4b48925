/**
 * Two operators, each with a checkout and a login of their own, and one environment whose state is in a bucket. The parts build on
 * each other and run in this order.
 *
 * Needs a Docker engine, and root for `/proc` of the processes that are killed.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { foundations } from "../../cli/setup/setup";
import { LABEL } from "../../model/names";
import { makeCheckout, removeCheckout } from "../support/checkout";
import { beginAndAwait } from "../support/engine-events";
import { eventually } from "../support/eventually";
import { docker, type Ended, inspectServices, KINDS, labelled, run } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectSuccess } from "../support/outcome";
import { isAlive, processTree, signalAll } from "../support/processes";
import { S3Server } from "../support/s3-server";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

/** No throw-away environment, so it is not called `test-`. The name is reserved all the same: what an earlier run left is removed. */
const NAME = "operators";
const LOCKS = ".pulumi/locks/";
const A_START = { environment: NAME, event: "start", within: 5 * MINUTE } as const;
const server = new S3Server(26_190);

interface Operator {
    readonly stack: LiveStack;
    readonly checkout: string;
    /** Where they are logged in. */
    readonly credentials: string;
}

/** Folders and stacks that this test has made. */
const made: string[] = [];
const stacks: LiveStack[] = [];

function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "strata-operator-"));
    made.push(path);
    return path;
}

/** @param variables - besides the login to the bucket and the folder of the login to Pulumi */
function stackOf(checkout: string, home: string, variables: Readonly<Record<string, string>>): LiveStack {
    const stack = new LiveStack({
        name: NAME,
        addressBase: "10.233",
        port: 26_180,
        checkout,
        operator: { ...server.login, PULUMI_HOME: home, ...variables },
        config: {
            "strata:products": [{ name: "wpcs" }],
            "strata:identity": undefined,
            "strata:protectData": true,
            "strata:acceptedRisks": ["local-seal", "reference-app"],
        },
    });
    stacks.push(stack);
    return stack;
}

/** An operator who is logged in to the bucket, and has the file with the passphrase. */
async function operator(passphrase: string): Promise<Operator> {
    const [checkout, home] = [makeCheckout(NAME), folder()];
    made.push(checkout);
    const { bin } = (await foundations()).toolchain;
    const login = await run("pulumi", ["login", server.url], {
        env: { ...process.env, ...server.login, PULUMI_HOME: home, PATH: `${bin}:${process.env.PATH ?? ""}` },
    });
    expectSuccess(login);
    const stack = stackOf(checkout, home, { PULUMI_CONFIG_PASSPHRASE_FILE: passphrase });
    return { stack, checkout, credentials: join(home, "credentials.json") };
}

/** Ids of everything that the environment has on the engine. */
async function present(): Promise<string[]> {
    return (await Promise.all(KINDS.map((kind) => labelled(kind, NAME)))).flat();
}

/** All states in the bucket, as text. */
function state(): string {
    return server
        .objects(".pulumi/stacks")
        .map((key) => `${key} ${server.text(key)}`)
        .join();
}

async function running(): Promise<number> {
    return (await inspectServices(NAME)).filter(({ State }) => State.Running).length;
}

function expectHandsOff({ code, stderr }: Ended): void {
    expect(stderr).toMatch(/\(process \d+\) has been working on operators since \d{4}-\d\d-\d\dT/);
    expect(stderr).toContain("next: wait for the end");
    expect(stderr).toContain(LOCKS);
    expect(code).toBe(2);
}

let anna: Operator;
let ben: Operator;
let logins: string[];

beforeAll(async () => {
    const leftovers = stackOf(join(__dirname, "..", ".."), "", {});
    await leftovers.remove();
    await server.start();
    const passphrase = join(folder(), "passphrase");
    writeFileSync(passphrase, "of both operators");
    [anna, ben] = [await operator(passphrase), await operator(passphrase)];
    logins = [anna, ben].map(({ credentials }) => readFileSync(credentials, "utf8"));
});

afterAll(async () => {
    for (const stack of stacks) await stack.remove();
    await server.stop();
    made.forEach((path) => (path.includes("checkout") ? removeCheckout(path) : rmSync(path, { recursive: true })));
});

test("without a login and a passphrase, up says both lines and touches nothing", async () => {
    const checkout = makeCheckout(NAME);
    made.push(checkout);
    const stranger = stackOf(checkout, folder(), {});
    const { code, stderr } = await stranger.strata("up", "--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("pulumi login <url>");
    expect(stderr).toContain("export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>");
    expect(await present()).toEqual([]);
    expect(server.objects(".pulumi/stacks")).toEqual([]);
    expect(existsSync(join(checkout, ".strata", "state", ".pulumi"))).toBe(false);
});

test("while one operator starts the environment, the other's up removes nothing and says who works on it", async () => {
    const first = await beginAndAwait(A_START, () => anna.stack.start("up", "--yes"));
    const before = await present();
    expectHandsOff(await ben.stack.strata("up", "--yes"));
    expect(await present()).toEqual(expect.arrayContaining(before));
    expectSuccess(await first.ended);
});

test("afterwards the other operator goes on without anything of the first one's private files", async () => {
    const second = await ben.stack.strata("up", "--yes");
    expectSuccess(second);
    expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
    expectSuccess(await ben.stack.strata("status"));
    expect(existsSync(join(ben.checkout, ".strata", `passphrase-${NAME}`))).toBe(false);
    expect(existsSync(join(ben.checkout, ".strata", "state", ".pulumi"))).toBe(false);
});

test("plain pulumi works on the same state with what strata env prints", async () => {
    expectSuccess(await ben.stack.gate());
    const stacks = await ben.stack.pulumi("stack", "ls", "--json");
    expect(JSON.parse(stacks.stdout)).toEqual([expect.objectContaining({ name: NAME })]);
});

test("a stack file that is written while the plan is made ends the run: what was planned is not what would run", async () => {
    const logs = join(anna.checkout, ".strata", "logs");
    const [known, before, objects] = [readdirSync(logs), state(), await present()];
    const { ended } = anna.stack.start("up", "--yes");
    const isPlanning = (): boolean =>
        readdirSync(logs).some((name) => name.endsWith("-preview.events") && !known.includes(name));
    await eventually("a plan is made", () => Promise.resolve(isPlanning()), { within: MINUTE, every: 20 });
    anna.stack.declare({ "strata:healthCheckInterval": 6 });
    const { code, stderr } = await ended;
    anna.stack.declare({ "strata:healthCheckInterval": 5 });
    expect(stderr).toMatch(/the declaration of operators changed while this ran \(\S+\); nothing was changed/);
    expect([code, state(), await present()]).toEqual([2, before, objects]);
});

test("a loss that nobody agreed to forget stays one: no state, no volume and no plan is changed by what was not confirmed", async () => {
    await docker(["rm", "--force", `${NAME}-vault`]);
    await docker(["volume", "rm", `${NAME}-vault-data`]);
    const [before, objects] = [state(), await present()];
    expect(before).toContain(`${NAME}-vault-data`);

    const unconfirmed = await anna.stack.strata("up", "--accept-data-loss");
    const lost = `data was lost: ${NAME}-vault-data \\(vault, with \\d+ objects configured in it\\); it is made again, empty`;
    expect(unconfirmed.stdout).toMatch(new RegExp(lost));
    expect(unconfirmed.stdout).toContain(`+ volume ${NAME}-vault-data`);
    expect(unconfirmed.stderr).toContain("and nobody said yes; nothing was changed");
    expect([unconfirmed.code, state(), await present()]).toEqual([2, before, objects]);
    expect((await ben.stack.strata("up", "--yes")).stderr).toContain(`data was lost: ${NAME}-vault-data`);
    expect([state(), await present()]).toEqual([before, objects]);

    expectSuccess(await ben.stack.strata("up", "--accept-data-loss", "--yes"));
    expectSuccess(await ben.stack.strata("up", "--yes"));
});

test("with another passphrase nothing is touched, and what is wrong is said", async () => {
    const before = await present();
    const wrong = join(folder(), "passphrase");
    writeFileSync(wrong, "another one");
    const home = join(ben.credentials, "..");
    const stranger = stackOf(ben.checkout, home, { PULUMI_CONFIG_PASSPHRASE_FILE: wrong });
    const { code, stderr } = await stranger.strata("up", "--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("does not open the secrets of operators");
    expect(await present()).toEqual(before);
});

test("a run that was killed keeps its lock: the other operator's up removes nothing, the own next up repairs it", async () => {
    expectSuccess(await ben.stack.strata("down", "--confirm", NAME));
    expect(await running()).toBe(0);
    const { child, ended } = await beginAndAwait(A_START, () => anna.stack.start("up", "--yes"));
    const all = processTree(child.pid ?? 0);
    signalAll(all, "SIGKILL");
    await ended;
    await eventually("all of them ended", () => Promise.resolve(!all.some(isAlive)));
    expect(server.objects(LOCKS)).toHaveLength(1);
    const before = await present();

    expectHandsOff(await ben.stack.strata("up", "--yes"));
    expectHandsOff(await ben.stack.strata("down", "--confirm", NAME));
    expect(await present()).toEqual(before);

    const repaired = await anna.stack.strata("up", "--yes");
    expectSuccess(repaired);
    expect(repaired.stdout).toContain("lock of an interrupted run removed");
    expect(server.objects(LOCKS)).toEqual([]);
    const services = (await inspectServices(NAME)).map(({ Config }) => Config.Labels[LABEL.service]).sort();
    expect(services).toEqual([
        "edge",
        "vault",
        "wpcs-api",
        "wpcs-api-agent",
        "wpcs-mariadb",
        "wpcs-web",
        "wpcs-web-agent",
    ]);
});

test("neither operator's login was changed", () => {
    expect([anna, ben].map(({ credentials }) => readFileSync(credentials, "utf8"))).toEqual(logins);
});
