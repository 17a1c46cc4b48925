/**
 * The published way, with a mirror in place of the internet: what this machine has made is put into one, and an environment comes
 * out of it where there is neither a cache nor anything that compiles, first on the machine's engine, then on a current one. The
 * parts build on each other and run in this order.
 *
 * The programs in this mirror are made here. That upstream's own images and plugins work is not proven by it.
 */

import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ExitCode } from "../../cli/failure";
import { HERE, pluginArchive } from "../../cli/setup/downloads";
import { pinnedVersions } from "../../cli/setup/toolchain";
import { chosenEngine, EngineStand } from "../support/engine-stand";
import { imageOf } from "../support/images";
import { type Ended, inspectAll, KINDS, labelled, run } from "../support/live-engine";
import { LiveStack, type LiveStackOptions } from "../support/live-stack";
import { MirrorStand } from "../support/mirror-stand";
import { expectSuccess, needStart } from "../support/outcome";
import { SecondEngine } from "../support/second-engine";
import { shortList } from "./current-engine/short-list";
import { privateRegistryTests } from "./mirror/private-registry";
import { wrongMachineTests } from "./mirror/wrong-machine";

jest.setTimeout(600_000);

/** What an offline set-up would call. */
const COMPILERS = ["go", "java", "mvn", "mmdebstrap"];

const stand = new MirrorStand(26_200);
const folder = mkdtempSync(join(tmpdir(), "strata-published-"));
const calls = join(folder, "calls");
const stacks: LiveStack[] = [];

interface Wanted extends Partial<LiveStackOptions> {
    /** Name of the folder that is this machine's cache. @default "cache", which is empty at first */
    readonly cache?: string;
    /** Value of STRATA_OFFLINE: `0` takes what is published, from the mirror where there is one. */
    readonly way?: "0" | "1";
}

/** A stack on a machine where whoever compiles is found out. */
function stackOn({ cache = "cache", way = "0", config, ...options }: Wanted = {}): LiveStack {
    const shims = join(folder, "shims");
    mkdirSync(shims, { recursive: true });
    for (const name of COMPILERS) {
        writeFileSync(join(shims, name), `#!/bin/sh\necho ${name} "$@" >>${calls}\nexit 1\n`);
        chmodSync(join(shims, name), 0o755);
    }
    const stack = new LiveStack({
        name: "test-mirror",
        addressBase: "10.234",
        port: 26_210,
        operator: {
            PATH: `${shims}:${process.env.PATH ?? ""}`,
            STRATA_CACHE: join(folder, cache),
            STRATA_OFFLINE: way,
            STRATA_MIRROR: "",
        },
        config: {
            "strata:products": [{ name: "wpcs" }],
            "strata:identity": undefined,
            ...config,
        },
        ...options,
    });
    stacks.push(stack);
    return stack;
}

/** What a stack says of the mirror as it is now. */
function mirrored(): Readonly<Record<string, unknown>> {
    return { "strata:mirror": stand.address() };
}

let stack: LiveStack;

/** When the first start failed, nothing after it means anything. */
let start: Ended;
needStart(() => start, "up takes the command line, the plugins and every image from the mirror, and compiles nothing");

beforeAll(async () => {
    await stand.start();
    const launch = join(__dirname, "..", "..", "cli", "launch.mjs");
    const args = [launch, "mirror", stand.folder, "--registry", stand.registry, "--json"];
    expectSuccess(await run(process.execPath, args, { env: process.env, timeout: 600_000 }));
    stack = stackOn({ config: mirrored() });
    await stack.removeLeftovers();
    writeFileSync(calls, "");
    start = await stack.strata("up");
});

afterAll(async () => {
    for (const it of stacks) await it.remove();
    await stand.remove();
    rmSync(folder, { recursive: true, force: true });
});

test("up takes the command line, the plugins and every image from the mirror, and compiles nothing", async () => {
    expectSuccess(start);
    const { pulumi, plugins } = pinnedVersions();
    expect(start.stdout).toContain(`pulumi ${pulumi} (mirror)`);
    for (const name of Object.keys(plugins)) expect(start.stdout).toContain(`plugin ${name} ${plugins[name]} (mirror)`);
    const images = (await inspectAll(stack.name)).map(({ Config }) => Config.Image);
    expect(images.length).toBeGreaterThan(5);
    expect(images.filter((image) => !image.startsWith(`${stand.registry}/`))).toEqual([]);
    expect(readFileSync(calls, "utf8")).toBe("");
});

test("the environment is one of published plugins and images, and nothing is left to do", async () => {
    expect((await stack.strata("preview", "--expect-no-changes")).code).toBe(ExitCode.holds);
    expect((await stack.gate()).code).toBe(ExitCode.holds);
});

test("plugins and images of another origin are refused, and nothing is touched", async () => {
    const { origin } = JSON.parse(readFileSync(join(stand.folder, "mirror.json"), "utf8")) as { origin: string };
    const before = await labelled("container", stack.name);
    const other = stackOn(origin === "made" ? {} : { way: "1", config: mirrored() });
    const ended = await other.strata("up");
    expect(ended.code).toBe(ExitCode.unknown);
    expect(ended.stderr).toContain(
        `${stack.name} was made with ${origin === "made" ? "plugins and images that are built" : "published"}`,
    );
    expect(ended.stderr).toContain("--change-supply");
    expect(await labelled("container", stack.name)).toEqual(before);
});

test("verify holds, with the mirror's probe", async () => {
    const ended = await stack.strata("verify", "--json");
    expect(ended.code).toBe(ExitCode.holds);
    expect((JSON.parse(ended.stdout) as { verdict: string }).verdict).toBe("holds");
    expect(readFileSync(calls, "utf8")).toBe("");
});

test("while the mirror is away, what is there goes on working, and the reason is said", async () => {
    await stand.silence();
    const ended = await stack.strata("doctor");
    expect(ended.stdout).toContain("which does not answer now");
    expect((await stack.strata("preview", "--expect-no-changes")).code).toBe(ExitCode.holds);
    await stand.serve();
});

test("a plugin that somebody changed in the mirror is refused, and nothing of it is installed", async () => {
    const plugin = pluginArchive("docker", pinnedVersions().plugins["docker"]!, HERE);
    const file = join(stand.folder, plugin);
    const original = readFileSync(file);
    appendFileSync(file, "more");
    const ended = await stackOn({ cache: "other-cache", config: mirrored() }).strata("setup");
    expect(ended.code).not.toBe(ExitCode.holds);
    expect(ended.stderr).toContain(`${stand.address().url}/${plugin} is not what it must be`);
    writeFileSync(file, original);
});

test("a mirror that was filled again is another one, for a stack that names its digest", async () => {
    const manifest = join(stand.folder, "mirror.json");
    const original = readFileSync(manifest, "utf8");
    writeFileSync(manifest, original.replace("/redis:", "/postgres:"));
    const ended = await stack.strata("up");
    expect(ended.code).toBe(ExitCode.unknown);
    expect(ended.stderr).toContain("mirror.json has changed");
    writeFileSync(manifest, original);
});

test("down removes it, data included", async () => {
    expectSuccess(await stack.strata("down", "--volumes", "--confirm", stack.name));
    expect(await Promise.all(KINDS.map((kind) => labelled(kind, stack.name)))).toEqual([[], [], []]);
});

describe("an image of a registry that asks for a login", () => privateRegistryTests(stand, folder));

const chosen = chosenEngine();
const suite = chosen.on === "none" ? describe.skip : describe;

/** Where the machine's own engine is a current one, all of the above has run there. */
if (chosen.on !== "machine") suite("on a current engine", onCurrentEngine);

function onCurrentEngine(): void {
    const second = new SecondEngine("strata-test-mirror");
    const wanted: Wanted = {
        name: "test-mirror-engine",
        addressBase: "10.235",
        port: 26_220,
        config: { "strata:products": [{ name: "psra" }], "strata:healthCheckInterval": 90 },
    };
    const other = new EngineStand(stackOn({ ...wanted, enter: second.enter }), second);
    /** The same state, by somebody on the machine's own engine. */
    const elsewhere = stackOn(wanted);
    const ownHost = process.env["DOCKER_HOST"];
    let first: Ended;
    needStart(() => first, "on a current engine start up starts everything from nothing, healthy");

    beforeAll(async () => {
        await second.start();
        await second.letReach(stand.port);
        await second.letReach(stand.port + 1);
        // The tests' own looks; everything else comes out of the mirror.
        await second.load([await imageOf("probe")]);
        for (const it of [other.stack, elsewhere]) it.declare(mirrored());
        await other.stack.removeLeftovers();
        process.env["DOCKER_HOST"] = second.host;
        first = await other.stack.strata("up");
    });
    afterAll(async () => {
        await other.stack.remove();
        await second.stop();
        if (ownHost === undefined) delete process.env["DOCKER_HOST"];
        else process.env["DOCKER_HOST"] = ownHost;
    });

    describe("on the wrong machine", () => wrongMachineTests({ right: second.host, wrong: ownHost, stack: elsewhere }));
    shortList(other, () => first);
}
