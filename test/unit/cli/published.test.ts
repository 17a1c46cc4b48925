import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hasPinnedPulumi, publishedSteps } from "../../../cli/setup/published";
import { isComplete } from "../../../cli/setup/setup";
import { pinnedVersions, pluginFolder, toolchainOf } from "../../../cli/setup/toolchain";

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
