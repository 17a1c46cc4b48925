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

import { copiedArchives } from "../../../cli/mirror/fill";
import { checksumList, listedDigest } from "../../../cli/setup/checksums";
import { judgeComparisons, readComparisons, remember } from "../../../cli/setup/comparisons";
import { cliArchive, HERE, pluginArchive } from "../../../cli/setup/downloads";
import { hasPinnedPulumi, publishedSteps } from "../../../cli/setup/published";
import { type Foundations, inspectDownloads, isComplete } from "../../../cli/setup/setup";
import { pinnedVersions, pluginFolder, toolchainOf } from "../../../cli/setup/toolchain";
import type { Step } from "../../../offline/build/step";

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

test.each([0, 1])("a failed download (step %i) names the other way, and runs nothing", async (index) => {
    const asked = join(folder, "asked");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const name of ["pulumi", "sh", "curl", "bash"]) program(join(bin, name), `echo ${name} >>${asked}`);
    const source = { url: "http://127.0.0.1:1", digests: {}, releases: "http://127.0.0.1:1" };
    const step = publishedSteps(toolchainOf("published", folder), path(bin), source)[index];
    await expect(step?.run(() => undefined)).rejects.toMatchObject({
        message: expect.stringContaining("cannot be downloaded") as string,
        next: expect.stringContaining("STRATA_OFFLINE=1") as string,
    });
    expect(existsSync(asked)).toBe(false);
});

describe("archives", () => {
    const toolchain = () => toolchainOf("published", join(folder, "cache"));
    const cli = basename(cliArchive(pulumi, HERE));
    const plugin = basename(pluginArchive("docker", plugins["docker"] ?? "", HERE));
    const other = basename(pluginArchive("random", plugins["random"] ?? "", HERE));
    const cliList = `/releases-of/pulumi/releases/download/v${pulumi}/pulumi-${pulumi}-checksums.txt`;
    const pluginList = `/releases-of/pulumi-docker/releases/download/v${plugins["docker"]}/pulumi-docker_${plugins["docker"]}_checksums.txt`;
    let server: Server;
    let archive: Buffer;
    /** Upstream's lists of checksums by path. */
    const lists = new Map<string, string>();
    let asked: string[];

    const digest = (algorithm: "sha1" | "sha256"): string => createHash(algorithm).update(archive).digest("hex");

    beforeAll(async () => {
        server = createServer(({ url = "" }, response) => {
            asked.push(url);
            if (!url.startsWith("/releases-of/")) return response.end(archive);
            const list = lists.get(url);
            response.writeHead(list === undefined ? 404 : 200).end(list);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));
    beforeEach(() => {
        asked = [];
        lists.clear();
        installation("archive/pulumi");
        execFileSync("tar", ["-czf", join(folder, "cli.tar.gz"), "-C", join(folder, "archive"), "pulumi"]);
        archive = readFileSync(join(folder, "cli.tar.gz"));
    });

    const steps = (digests: Readonly<Record<string, string>>, env = path("/usr/bin", "/bin")): Step[] => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        return publishedSteps(toolchain(), env, { url, digests, releases: `${url}/releases-of` });
    };
    const runCli = async (digests: Readonly<Record<string, string>> = {}): Promise<void> =>
        steps(digests)[0]?.run(() => undefined);
    const findings = (digests: Readonly<Record<string, string>> = {}) =>
        judgeComparisons(readComparisons(join(folder, "cache", "published")), [cli, plugin, other], digests);
    /** Runs the steps of two plugins, and says what `pulumi` was called with. */
    const runPlugins = async (digests: Readonly<Record<string, string>>): Promise<string[]> => {
        const calls = join(folder, "calls");
        const fake = join(folder, "fake");
        mkdirSync(fake, { recursive: true });
        program(join(fake, "pulumi"), `echo "$@" >>${calls}`);
        rmSync(calls, { force: true });
        const all = steps(digests, path(fake, "/usr/bin", "/bin")).filter(({ name }) => / (docker|random) /.test(name));
        for (const step of all) await step.run(() => undefined);
        return readFileSync(calls, "utf8").trim().split("\n").sort();
    };

    test("the CLI is unpacked when it is what is locked, and nothing else is asked or said", async () => {
        const locked = { [cli]: digest("sha256") };
        const [step] = steps(locked);
        await step?.run(() => undefined);
        expect(readdirSync(toolchain().bin).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
        expect(await step?.isCurrent()).toBe(true);
        expect(asked).toEqual([`/${cliArchive(pulumi, HERE)}`]);
        expect(findings(locked)).toEqual([]);
    });

    test("a CLI that somebody changed is refused, and nothing of it is left", async () => {
        await expect(runCli({ [cli]: "0".repeat(64) })).rejects.toMatchObject({
            message: expect.stringContaining(`accepted: ${"0".repeat(64)}`) as string,
            next: expect.stringContaining("do not use it") as string,
        });
        expect(existsSync(toolchain().bin)).toBe(false);
        expect(
            readdirSync(join(folder, "cache"), { recursive: true }).filter((name) => /tar/.test(String(name))),
        ).toEqual([]);
    });

    test("a plugin is handed to pulumi as the file that was compared; pulumi downloads none", async () => {
        const both = { [plugin]: digest("sha256"), [other]: digest("sha256") };
        const file = (name: string): string => join(folder, "cache", "published", name);
        expect(await runPlugins(both)).toEqual([
            `plugin install resource docker ${plugins["docker"]} --file ${file(plugin)}`,
            `plugin install resource random ${plugins["random"]} --file ${file(other)}`,
        ]);
        expect(existsSync(file(plugin))).toBe(false);
        await expect(runPlugins({ ...both, [plugin]: "ab".repeat(32) })).rejects.toThrow("is not what it must be");
        expect(existsSync(join(folder, "calls"))).toBe(false);
    });

    describe("without a locked digest", () => {
        test("are compared with upstream's own list, and that is said", async () => {
            lists.set(cliList, `${"1".repeat(64)}  other.tar.gz\n${digest("sha256")}  ${cli}\n`);
            await runCli();
            expect(asked).toEqual([cliList, `/${cliArchive(pulumi, HERE)}`]);
            expect(findings()).toEqual([
                expect.objectContaining({
                    verdict: "note",
                    value: `no locked digest; upstream's checksums agree: ${cli}`,
                    fix: expect.stringContaining("pins --write") as string,
                }),
            ]);
        });

        test("that are not what the list says are refused, and nothing of them is left", async () => {
            lists.set(cliList, `${"1".repeat(64)}  ${cli}\n`);
            await expect(runCli()).rejects.toThrow(`SHA-256 is ${digest("sha256")}, accepted: ${"1".repeat(64)}`);
            expect(existsSync(toolchain().bin)).toBe(false);
            expect(findings()).toEqual([]);
        });

        test("the list of a provider has SHA-1, and names with a folder", async () => {
            lists.set(pluginList, `${digest("sha1")}  ./${plugin}\n`);
            await runPlugins({ [other]: digest("sha256") });
            expect(findings({ [other]: digest("sha256") })).toMatchObject([
                { value: expect.stringContaining(plugin) as string },
            ]);
            lists.set(pluginList, `${"2".repeat(40)}  ./${plugin}\n`);
            await expect(runPlugins({ [other]: digest("sha256") })).rejects.toThrow("SHA-1 is ");
        });

        test.each([
            ["no list", undefined, "was answered 404"],
            ["a list that does not name it", `${"1".repeat(64)}  other.tar.gz\n`, "does not name it"],
        ])("and with %s: taken, and said with the reason", async (_, list, why) => {
            if (list !== undefined) lists.set(cliList, list);
            await runCli();
            expect(findings()).toEqual([
                expect.objectContaining({
                    verdict: "note",
                    value: expect.stringMatching(`^compared with nothing: ${cli} \\(http://.* ${why}\\)$`) as string,
                }),
            ]);
        });

        test("are bad once the lock has another digest, and well once it has theirs", async () => {
            await runCli();
            expect(findings({ [cli]: digest("sha256") })).toEqual([]);
            expect(findings({ [cli]: "3".repeat(64) })).toMatchObject([{ verdict: "bad", what: `download ${cli}` }]);
        });
    });

    test("what was not compared with the lock is said of the published way only", () => {
        remember(join(folder, "cache", "published"), cli, { sha256: "0".repeat(64), with: "nothing", why: "x" });
        const found = (way: "published" | "offline", more: Partial<Foundations> = {}): Foundations => ({
            decision: { way, reason: "test" },
            toolchain: toolchain(),
            origin: "upstream",
            images: {},
            ...more,
        });
        const mirror = { url: "x", images: {}, files: {}, origin: "upstream", isRemembered: false } as const;
        expect(inspectDownloads(found("published"))).toMatchObject([{ what: "downloads", verdict: "note" }]);
        expect(inspectDownloads(found("published", { mirror }))).toEqual([]);
        expect(inspectDownloads(found("offline"))).toEqual([]);
    });

    test("what fills a mirror is compared in the same way", async () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const heard: [string, string][] = [];
        const [step] = copiedArchives(
            join(folder, "mirror"),
            { url, digests: {}, releases: `${url}/releases-of` },
            [HERE],
            (name, comparison) => heard.push([name, comparison.with]),
        );
        lists.set(cliList, `${digest("sha256")}  ${cli}\n`);
        expect(await step?.run(() => undefined)).toEqual([cliArchive(pulumi, HERE), digest("sha256")]);
        expect(heard).toEqual([[cli, `${url}${cliList}`]]);
        lists.set(cliList, `${"1".repeat(64)}  ${cli}\n`);
        await expect(step?.run(() => undefined)).rejects.toThrow("is not what it must be");
    });

    test("a mirror has every archive, or says which it has not and how it gets there", async () => {
        const source = { url: "http://127.0.0.1:1", digests: {} };
        for (const step of publishedSteps(toolchain(), path("/usr/bin", "/bin"), source)) {
            await expect(step.run(() => undefined)).rejects.toMatchObject({
                message: expect.stringMatching(/^the mirror http:\/\/127\.0\.0\.1:1 has no pulumi-/) as string,
                next: expect.stringContaining(`--platform ${HERE.os}/${HERE.arch}`) as string,
            });
        }
    });
});

test.each([
    ["pulumi-v3.258.0-linux-x64.tar.gz", "r/pulumi/releases/download/v3.258.0/pulumi-3.258.0-checksums.txt"],
    [
        "releases/plugins/pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz",
        "r/pulumi-docker/releases/download/v5.2.0/pulumi-docker_5.2.0_checksums.txt",
    ],
    ["something-else.tar.gz", undefined],
])("upstream's checksum of %s is in %s", (archive, list) => expect(checksumList(archive, "r")).toBe(list));

test.each([
    ["two spaces", `${"A".repeat(64)}  x.tar.gz`, "a".repeat(64)],
    ["a star, for binary files", `${"a".repeat(64)} *x.tar.gz\r`, "a".repeat(64)],
    ["another file that ends in it", `${"a".repeat(64)}  y-x.tar.gz`, undefined],
    ["another length", `${"a".repeat(32)}  x.tar.gz`, undefined],
    ["a page", "<html>x.tar.gz</html>", undefined],
])("a line with %s", (_, list, digest) => expect(listedDigest(list, "x.tar.gz")).toBe(digest));
