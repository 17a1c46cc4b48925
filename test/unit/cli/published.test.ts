import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { cliArchive, HERE, pluginArchive } from "../../../cli/setup/downloads";
import { hasPinnedPulumi, publishedSteps } from "../../../cli/setup/published";
import { isComplete } from "../../../cli/setup/setup";
import { pinnedVersions, pluginFolder, toolchainOf } from "../../../cli/setup/toolchain";
import type { Step } from "../../../offline/build/step";

jest.mock("@pulumi/pulumi/automation", () => ({
    PulumiCommand: { install: () => Promise.reject(new Error("no route to host")) },
}));

const { pulumi, plugins } = pinnedVersions();

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "strata-published-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, script: string): void {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
}

/** A folder with a `pulumi` of a version, and a language host beside it. */
function installation(name: string, version = pulumi, withHost = true): string {
    const bin = join(folder, name);
    mkdirSync(bin, { recursive: true });
    program(join(bin, "pulumi"), `echo v${version}`);
    if (withHost) program(join(bin, "pulumi-language-nodejs"), "exit 1");
    return bin;
}

const path = (...folders: readonly string[]): NodeJS.ProcessEnv => ({ PATH: folders.join(":") });

describe("an installed pulumi", () => {
    test("counts when its version is the pinned one and its language host is beside it", async () => {
        expect(await hasPinnedPulumi(path(installation("bin")))).toBe(true);
    });

    test("of another version does not count", async () => {
        expect(await hasPinnedPulumi(path(installation("bin", "3.1.0"), installation("later")))).toBe(false);
    });

    test("without a language host cannot run a program, so it does not count", async () => {
        const bare = installation("bin", pulumi, false);
        expect(await hasPinnedPulumi(path(bare))).toBe(false);
        // A host elsewhere on the PATH is found by the CLI too.
        const other = join(folder, "other");
        mkdirSync(other);
        program(join(other, "pulumi-language-nodejs"), "exit 1");
        expect(await hasPinnedPulumi(path(bare, other))).toBe(true);
    });

    test("may be a link to where the language host is", async () => {
        const real = installation("cellar");
        const links = join(folder, "links");
        mkdirSync(links);
        symlinkSync(join(real, "pulumi"), join(links, "pulumi"));
        expect(await hasPinnedPulumi(path(links))).toBe(true);
    });

    test("made by offline/ is none of the published ones", async () => {
        const bin = installation("toolchain/bin");
        mkdirSync(join(folder, "toolchain", "libexec"));
        writeFileSync(join(folder, "toolchain", "libexec", "language-host.cjs"), "");
        expect(await hasPinnedPulumi(path(bin))).toBe(false);
    });

    test("is missing", async () => {
        expect(await hasPinnedPulumi(path(folder))).toBe(false);
        expect(await hasPinnedPulumi({})).toBe(false);
    });
});

describe("a toolchain", () => {
    test.each(["published", "offline"] as const)(
        "of the %s way is installed with its CLI and every plugin",
        async (way) => {
            const toolchain = toolchainOf(way, folder);
            expect(await isComplete(toolchain, path(installation("elsewhere", "3.1.0")))).toBe(false);
            for (const [name, version] of Object.entries(plugins)) {
                mkdirSync(pluginFolder(toolchain, name, version), { recursive: true });
            }
            expect(await isComplete(toolchain, path(installation("elsewhere", "3.1.0")))).toBe(false);
            mkdirSync(toolchain.bin, { recursive: true });
            program(join(toolchain.bin, "pulumi"), `echo v${pulumi}`);
            program(join(toolchain.bin, "pulumi-language-nodejs"), "exit 1");
            expect(await isComplete(toolchain, path(installation("elsewhere", "3.1.0")))).toBe(true);
            rmSync(pluginFolder(toolchain, "docker", plugins["docker"] ?? ""), { recursive: true });
            expect(await isComplete(toolchain, path("/usr/bin"))).toBe(false);
        },
    );

    test("of the published way may take the CLI from the PATH", async () => {
        const toolchain = toolchainOf("published", folder);
        for (const [name, version] of Object.entries(plugins)) {
            mkdirSync(pluginFolder(toolchain, name, version), { recursive: true });
        }
        expect(await isComplete(toolchain, path(installation("own")))).toBe(true);
    });
});

test.each([
    ["the CLI", 0, "cannot be downloaded: no route to host"],
    ["a plugin", 1, "plugin install resource"],
])("a failed download of %s names the other way", async (_, index, message) => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    program(join(bin, "pulumi"), "echo no route to host >&2; exit 1");
    const step = publishedSteps(toolchainOf("published", folder), { PATH: `${bin}:/usr/bin:/bin` })[index];
    await expect(step?.run(() => undefined)).rejects.toMatchObject({
        message: expect.stringContaining(message) as string,
        next: expect.stringContaining("STRATA_OFFLINE=1") as string,
    });
});

describe("archives whose digests are locked", () => {
    const toolchain = () => toolchainOf("published", join(folder, "cache"));
    let server: Server;
    let archive: Buffer;

    beforeAll(async () => {
        server = createServer((_, response) => response.end(archive));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));
    beforeEach(() => {
        installation("archive/pulumi");
        execFileSync("tar", ["-czf", join(folder, "cli.tar.gz"), "-C", join(folder, "archive"), "pulumi"]);
        archive = readFileSync(join(folder, "cli.tar.gz"));
    });

    const steps = (digests: Readonly<Record<string, string>>, env = path("/usr/bin", "/bin")): Step[] =>
        publishedSteps(toolchain(), env, {
            url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            digests,
        });
    const cli = basename(cliArchive(pulumi, HERE));

    test("the CLI is unpacked when it is what it must be", async () => {
        const [step] = steps({ [cli]: createHash("sha256").update(archive).digest("hex") });
        await step?.run(() => undefined);
        expect(readdirSync(toolchain().bin).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
        expect(await step?.isCurrent()).toBe(true);
    });

    test("a CLI that somebody changed is refused, and nothing of it is left", async () => {
        const [step] = steps({ [cli]: "0".repeat(64) });
        await expect(step?.run(() => undefined)).rejects.toMatchObject({
            message: expect.stringContaining(`accepted: ${"0".repeat(64)}`) as string,
            next: expect.stringContaining("do not use it") as string,
        });
        expect(existsSync(toolchain().bin)).toBe(false);
        expect(
            readdirSync(join(folder, "cache"), { recursive: true }).filter((name) => /tar/.test(String(name))),
        ).toEqual([]);
    });

    test("a plugin is handed to pulumi when it is what it must be; one without a digest pulumi gets itself", async () => {
        const asked = join(folder, "asked");
        mkdirSync(join(folder, "fake"));
        program(join(folder, "fake", "pulumi"), `echo "$@" >>${asked}`);
        const archiveOf = basename(pluginArchive("docker", plugins["docker"] ?? "", HERE));
        const env = path(join(folder, "fake"), "/usr/bin", "/bin");
        const run = async (digest: string): Promise<void> => {
            const all = steps({ [archiveOf]: digest }, env).filter(({ name }) => / (docker|random) /.test(name));
            for (const step of all) await step.run(() => undefined);
        };
        await run(createHash("sha256").update(archive).digest("hex"));
        const file = join(folder, "cache", "published", archiveOf);
        const lines = [
            `plugin install resource docker ${plugins["docker"]} --file ${file}`,
            `plugin install resource random ${plugins["random"]}`,
        ];
        expect(readFileSync(asked, "utf8").trim().split("\n").sort()).toEqual(lines);
        expect(existsSync(file)).toBe(false);
        await expect(run("ab".repeat(32))).rejects.toThrow("is not what it must be");
        expect(readFileSync(asked, "utf8").trim().split("\n")).toHaveLength(2);
    });

    test("a mirror has every archive, or says which it has not and how it gets there", async () => {
        const source = { url: "http://127.0.0.1:1", digests: {}, isComplete: true };
        for (const step of publishedSteps(toolchain(), path("/usr/bin", "/bin"), source)) {
            await expect((async () => step.run(() => undefined))()).rejects.toMatchObject({
                message: expect.stringMatching(/^the mirror http:\/\/127\.0\.0\.1:1 has no pulumi-/) as string,
                next: expect.stringContaining(`--platform ${HERE.os}/${HERE.arch}`) as string,
            });
        }
    });
});
