/** Strata's own programs where images are published ones: the probe and the reference application of the tests. */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lock from "../../../config/images.lock.json";
import type { Engine } from "../../../engine/engine";
import { refuseForeignImages } from "../../../cli/commands/mirror";
import { imagesFor } from "../../../cli/mirror/fill";
import { Progress } from "../../../cli/output/progress";
import { lockedImages, lockedTestImages } from "../../../cli/setup/locked-images";
import { type Foundations, foundations, setUp } from "../../../cli/setup/setup";
import { pinnedVersions, pluginFolder } from "../../../cli/setup/toolchain";

const DIGEST = `@sha256:${"0".repeat(64)}`;
const GO = `mirror.example/golang:1.26.8-alpine${DIGEST}`;
const APP = `mirror.example/reference-app:6.11.2${DIGEST}`;
const BUILT_APP = `mirror.example/test-app:made-here-0123456789ab${DIGEST}`;
const BUILT_PROBE = `mirror.example/probe:made-here-0123456789ab${DIGEST}`;
const REDIS = `mirror.example/redis:8.2.10${DIGEST}`;
const MADE_REDIS = `mirror.example/redis:made-here-0123456789ab${DIGEST}`;

let folder: string;
let server: Server;
let mirrored: Readonly<Record<string, string>>;
const environment = { ...process.env };

beforeAll(async () => {
    server = createServer((_, response) => response.end(JSON.stringify({ format: 1, images: mirrored, files: {} })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-own-"));
    Object.assign(process.env, { STRATA_CACHE: folder, STRATA_OFFLINE: "0", STRATA_MIRROR: "" });
    delete process.env.STRATA_TESTING;
});
afterEach(() => {
    process.env = { ...environment };
    rmSync(folder, { recursive: true, force: true });
});

/** What a run has that takes published images, from the internet or from a mirror that holds some. */
function found(isTest: boolean, images?: Readonly<Record<string, string>>): Promise<Foundations> {
    mirrored = images ?? {};
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return foundations({ isTest, ...(images && { mirror: { url } }) });
}

describe("the reference application", () => {
    test("of tests is strata's own, and of everybody else the published one", async () => {
        const { images } = await found(true);
        expect(images["reference-app"]).toMatch(/^strata\.invalid\/reference-app:/);
        expect(images["reference-app"]).toBe(images["test-app"]);
        expect((await found(false)).images).not.toHaveProperty("reference-app");
        process.env.STRATA_TESTING = "1";
        expect((await foundations()).images).toHaveProperty("reference-app");
    });

    test("of tests comes from a mirror that carries it", async () => {
        const images = { "reference-app": APP, "test-app": BUILT_APP };
        expect((await found(true, images)).images["reference-app"]).toBe(BUILT_APP);
        expect((await found(false, images)).images["reference-app"]).toBe(APP);
    });

    test("of a mirror that was filled without it is what the mirror has", async () => {
        expect((await found(true, { "reference-app": APP })).images["reference-app"]).toBe(APP);
    });

    test("does not make an environment one of images that were built", async () => {
        expect((await found(true)).origin).toBe("upstream");
        expect((await found(true, { redis: REDIS, "test-app": BUILT_APP })).origin).toBe("upstream");
        expect((await found(true, { redis: MADE_REDIS, probe: BUILT_PROBE })).origin).toBe("made");
    });
});

describe("the probe", () => {
    test("is made on the engine, from a mirror with the mirror's Go", async () => {
        const own = (await found(false)).images["probe"];
        expect(own).toMatch(/^strata\.invalid\/probe:/);
        expect((await found(false, { golang: lock.golang.reference })).images["probe"]).toBe(own);
        expect((await found(false, { golang: GO })).images["probe"]).toMatch(/^strata\.invalid\/probe:/);
        expect((await found(false, { golang: GO })).images["probe"]).not.toBe(own);
    });

    test("of a mirror that carries one is that one", async () => {
        expect((await found(false, { probe: BUILT_PROBE })).images["probe"]).toBe(BUILT_PROBE);
    });
});

describe("a mirror gets", () => {
    const published: Foundations["decision"] = { way: "published", reason: "test" };

    test("of published images Go instead of the probe, so that the probe fits every engine", async () => {
        const { images } = await found(false);
        const filled = imagesFor({ decision: published, images });
        expect(Object.keys(filled).sort()).toEqual(
            [...Object.keys({ ...lockedImages, ...lockedTestImages }), "test-app"].sort(),
        );
        expect(filled).toMatchObject({
            golang: lock.golang.reference,
            "reference-app": lock["reference-app"].reference,
        });
    });

    test("from such a mirror the same, and from an older one the probe that it has", async () => {
        const { images, mirror } = await found(false, { golang: GO, redis: REDIS, "test-app": BUILT_APP });
        expect(imagesFor({ decision: published, images, mirror: mirror! })).toEqual({
            golang: GO,
            redis: REDIS,
            "test-app": BUILT_APP,
        });
        const older = await found(false, { probe: BUILT_PROBE, redis: REDIS, "reference-app": APP });
        expect(imagesFor({ decision: published, images: older.images, mirror: older.mirror! })).toEqual({
            probe: BUILT_PROBE,
            redis: REDIS,
            "reference-app": APP,
        });
    });

    test("of what a machine builds everything but the base, the probe included", () => {
        const images = {
            base: "strata.invalid/base:0",
            redis: "strata.invalid/redis:0",
            probe: "strata.invalid/probe:0",
        };
        expect(imagesFor({ decision: { way: "offline", reason: "test" }, images })).toEqual({
            redis: images.redis,
            probe: images.probe,
        });
    });
});

describe("a mirror for another processor", () => {
    const machine = (arch: string) => [{ os: "linux", arch } as const];
    const sight = (buildx: "with" | "without") => {
        writeFileSync(join(folder, "docker"), `#!/bin/sh\ntest ${buildx} = with\n`);
        chmodSync(join(folder, "docker"), 0o755);
        const engine = { version: () => Promise.resolve({ arch: "amd64" }) } as unknown as Engine;
        return { engine, dockerEnv: { PATH: `${folder}:/usr/bin:/bin` } };
    };

    test("needs buildx, because images are copied from the engine without it", async () => {
        await expect(refuseForeignImages(machine("arm64"), sight("without"))).rejects.toMatchObject({
            message: "--platform linux/arm64: without docker buildx images are copied for amd64 only",
            next: expect.stringContaining("nothing was touched") as string,
        });
        await refuseForeignImages(machine("arm64"), sight("with"));
        await refuseForeignImages(machine("x64"), sight("without"));
    });
});

test("the set-up makes them with the engine alone: no Go of this machine, and no registry is asked for them", async () => {
    const bin = join(folder, "bin");
    const calls = join(folder, "calls");
    mkdirSync(bin);
    // The engine has no image.
    const script = `#!/bin/sh\necho "$@" >>${calls}\ntest "$1 $2" != "image inspect"\n`;
    writeFileSync(join(bin, "docker"), script);
    chmodSync(join(bin, "docker"), 0o755);
    const foundation = await found(true);
    installed(foundation);
    process.env.PATH = bin;
    const engine = { answer: () => Promise.resolve({}) } as unknown as Engine;
    const request = { images: ["probe", "reference-app", "redis"], listCached: false };
    const dockerEnv = { PATH: `${bin}:/usr/bin:/bin`, HTTPS_PROXY: "http://user:secret@proxy.example:3128" };
    const progress = new Progress(process.stdout, { quiet: true });
    await setUp(progress, request, { engine, dockerEnv }, foundation);
    const lines = readFileSync(calls, "utf8").trim().split("\n");
    const builds = lines.filter((line) => line.startsWith("build "));
    expect(lines.filter((line) => line.startsWith("pull "))).toEqual([`pull ${lock.redis.reference}`]);
    expect(builds).toEqual([
        expect.stringContaining(`--tag ${foundation.images["probe"]} `),
        expect.stringContaining(`--tag ${foundation.images["reference-app"]} `),
    ]);
    expect(builds[0]).toContain("--network none");
    expect(builds[1]).toContain("--build-arg HTTPS_PROXY ");
    for (const build of builds) expect(build).toContain(`--build-arg GOLANG=${lock.golang.reference} `);
    expect(lines.join("\n")).not.toContain("secret");
});

/** A toolchain that is there already. */
function installed({ toolchain }: Foundations): void {
    const { pulumi, plugins } = pinnedVersions();
    mkdirSync(toolchain.bin, { recursive: true });
    for (const name of ["pulumi", "pulumi-language-nodejs"]) {
        writeFileSync(join(toolchain.bin, name), `#!/bin/sh\necho v${pulumi}\n`);
        chmodSync(join(toolchain.bin, name), 0o755);
    }
    for (const [name, version] of Object.entries(plugins)) {
        mkdirSync(pluginFolder(toolchain, name, version), { recursive: true });
    }
    expect(existsSync(toolchain.bin)).toBe(true);
}
