/** What comes from a mirror or from Pulumi's own server is what it must be, or is not there. */

import { createHash } from "node:crypto";
import { execFile, execFileSync } from "node:child_process";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { manifestText, mirrorOfEnvironment, openMirror, readManifest } from "../../../cli/mirror/manifest";
import { packedArchives } from "../../../cli/mirror/fill";
import { cliArchive, download, HERE, pluginArchive } from "../../../cli/setup/downloads";
import { mirrorToolchain, pinnedVersions, toolchainOf } from "../../../cli/setup/toolchain";
import { mirrorAddress } from "../../../model/mirror";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const IMAGE = `mirror.example:5000/redis@sha256:${"a".repeat(64)}`;
const CONTENT = {
    images: { redis: IMAGE },
    files: { "releases/sdk/x.tar.gz": "b".repeat(64) },
    origin: "upstream",
} as const;

let server: Server;
let url: string;
let folder: string;
/** Answers by path. */
const served = new Map<string, string>();
/** Where a path has moved to. */
const moved = new Map<string, string>();
/** Every answer ends too early. */
let broken = false;

beforeAll(async () => {
    server = createServer((request, response) => {
        const to = moved.get(request.url ?? "");
        if (to !== undefined) return response.writeHead(302, { location: to }).end();
        const text = served.get(request.url ?? "");
        if (broken) return response.writeHead(200, { "content-length": 1000 }).write(text, () => response.destroy());
        response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-mirror-"));
    served.clear();
    broken = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a download", () => {
    test("appears when it is what it must be", async () => {
        served.set("/file", "content");
        await download(`${url}/file`, join(folder, "deep", "file"), sha256("content"), () => undefined);
        expect(readFileSync(join(folder, "deep", "file"), "utf8")).toBe("content");
    });

    test("does not appear when it is something else", async () => {
        served.set("/file", "tampered");
        const target = join(folder, "file");
        await expect(download(`${url}/file`, target, sha256("content"), () => undefined)).rejects.toThrow(
            `is not what it must be: SHA-256 is ${sha256("tampered")}, accepted: ${sha256("content")}`,
        );
        expect(readdirSync(folder)).toEqual([]);
    });

    test("is followed to where it has moved, but not for ever", async () => {
        moved.set("/old", "/older").set("/older", `${url}/file`).set("/round", "/round");
        served.set("/file", "content");
        await download(`${url}/old`, join(folder, "file"), undefined, () => undefined);
        expect(readFileSync(join(folder, "file"), "utf8")).toBe("content");
        const round = download(`${url}/round`, join(folder, "round"), undefined, () => undefined);
        await expect(round).rejects.toThrow("it moves without end");
    });

    test("that breaks off is not there", async () => {
        broken = true;
        served.set("/file", "content");
        const target = join(folder, "file");
        await expect(download(`${url}/file`, target, undefined, () => undefined)).rejects.toThrow(
            "cannot be downloaded",
        );
        expect(readdirSync(folder)).toEqual([]);
    });

    test("comes through the proxy that the shell names", () => {
        const script = `require("./cli/setup/downloads.ts").download("http://mirror.invalid/file", ${JSON.stringify(
            join(folder, "file"),
        )}, undefined, () => undefined)`;
        served.set("http://mirror.invalid/file", "through the proxy");
        const env = {
            ...process.env,
            HTTP_PROXY: url,
            http_proxy: url,
            NO_PROXY: "",
            no_proxy: "",
            NODE_USE_ENV_PROXY: "1",
        };
        const run = promisify(execFile)(process.execPath, ["--require", "./runtime/typescript.cjs", "--eval", script], {
            env,
        });
        return run.then(() => expect(readFileSync(join(folder, "file"), "utf8")).toBe("through the proxy"));
    });

    test.each(["/missing", "no server"])("%s: says where from and why", async (path) => {
        const from = path.startsWith("/") ? `${url}${path}` : "http://127.0.0.1:1/file";
        const target = join(folder, "file");
        await expect(download(from, target, undefined, () => undefined)).rejects.toThrow(
            new RegExp(`${from} cannot be downloaded: (it was answered 404|.*(ECONNREFUSED|bad port))`),
        );
        expect(existsSync(target)).toBe(false);
    });
});

test("archives have Pulumi's own paths", () => {
    expect(cliArchive("3.258.0", { os: "linux", arch: "x64" })).toBe("releases/sdk/pulumi-v3.258.0-linux-x64.tar.gz");
    expect(pluginArchive("docker", "5.2.0", { os: "linux", arch: "x64" })).toBe(
        "releases/plugins/pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz",
    );
    expect(pluginArchive("docker", "5.2.0", { os: "darwin", arch: "arm64" })).toBe(
        "releases/plugins/pulumi-resource-docker-v5.2.0-darwin-arm64.tar.gz",
    );
});

describe("a mirror's manifest", () => {
    test("is read back as it was written, and its text is the same for the same content", () => {
        const text = manifestText(CONTENT);
        expect(readManifest(text, { url, sha256: sha256(text) })).toEqual(CONTENT);
        expect(manifestText({ origin: "upstream", files: CONTENT.files, images: { ...CONTENT.images } })).toBe(text);
    });

    test("that has changed is refused", () => {
        expect(() => readManifest(manifestText(CONTENT), { url, sha256: "c".repeat(64) })).toThrow(
            /mirror\.json has changed: SHA-256 is [0-9a-f]{64}, accepted: c{64} \(strata:mirror\)/,
        );
    });

    test.each([
        ["no JSON", "<html>"],
        ["another form", JSON.stringify({ format: 2, images: {}, files: {} })],
        ["an image by tag", JSON.stringify({ format: 1, images: { redis: "redis:8" }, files: {} })],
    ])("%s is refused", (_, text) => {
        expect(() => readManifest(text, { url })).toThrow(`${url}/mirror.json is no manifest of a mirror`);
    });

    test("is asked for over HTTP, and remembered for when the mirror is away", async () => {
        await expect(openMirror({ url }, folder)).rejects.toThrow(`${url}/mirror.json was answered 404`);
        served.set("/mirror.json", manifestText(CONTENT));
        expect(await openMirror({ url }, folder)).toEqual({ url, ...CONTENT, isRemembered: false });
        served.clear();
        expect(await openMirror({ url }, folder)).toEqual({ url, ...CONTENT, isRemembered: true });
        moved.set("/moved/mirror.json", `${url}/mirror.json`);
        served.set("/mirror.json", manifestText(CONTENT));
        await expect(openMirror({ url: `${url}/moved` }, folder)).rejects.toThrow("mirror.json was answered 302");
        // Another digest in the stack's file is another mirror.
        await expect(openMirror({ url, sha256: "c".repeat(64) }, folder)).rejects.toThrow("has changed");
        await expect(openMirror({ url: "http://127.0.0.1:1" }, folder)).rejects.toThrow("does not answer");
    });
});

describe("the address of a mirror", () => {
    const sha = "a".repeat(64);

    test.each([
        [{ url: "https://mirror.example/strata" }],
        [{ url: "http://127.0.0.1:8000" }],
        [{ url: "http://localhost/x" }],
        [{ url: "http://mirror.example", sha256: sha }],
    ])("%j", (address) => expect(mirrorAddress(address)).toEqual(address));

    test.each([
        ["plain http without a digest", { url: "http://mirror.example" }],
        ["a name that only begins like this machine's", { url: "http://127.0.0.1.example" }],
        ["another that only begins so", { url: "http://localhost.example" }],
        ["a login", { url: "https://somebody:secret@mirror.example/strata" }],
        ["a query", { url: "https://mirror.example/strata?x=1" }],
        ["a fragment", { url: "https://mirror.example/strata#x" }],
        ["another spelling of a path", { url: "https://mirror.example/a/../b" }],
        ["no address", { url: "http://127.999.0.1/x" }],
        ["another protocol", { url: "file:///mirror" }],
        ["a slash at the end", { url: "https://mirror.example/" }],
        ["no URL", { url: "mirror.example" }],
        ["nothing", {}],
        ["a digest of another form", { url: "https://mirror.example", sha256: "abc" }],
        ["a key that nobody knows", { url: "https://mirror.example", digest: sha }],
        ["a text", "https://mirror.example"],
    ])("%s is refused", (_, value) => expect(mirrorAddress(value)).toBeUndefined());

    test("of a shell has its digest behind it", () => {
        expect(mirrorOfEnvironment({})).toBeUndefined();
        expect(mirrorOfEnvironment({ STRATA_MIRROR: "https://m.example/s" })).toEqual({ url: "https://m.example/s" });
        expect(mirrorOfEnvironment({ STRATA_MIRROR: `http://m.example/s#sha256=${sha}` })).toEqual({
            url: "http://m.example/s",
            sha256: sha,
        });
        expect(() => mirrorOfEnvironment({ STRATA_MIRROR: "http://m.example" })).toThrow(/^STRATA_MIRROR: /);
        const withLogin = (): unknown => mirrorOfEnvironment({ STRATA_MIRROR: "https://somebody:canary@m.example" });
        expect(withLogin).toThrow("https://***@m.example");
        expect(withLogin).not.toThrow("canary");
    });
});

describe("images and toolchain of a mirror", () => {
    test("each set of archives has a folder of its own, apart from the published ones", () => {
        const one = mirrorToolchain({ files: { a: "1", b: "2" } }, "/cache");
        expect(mirrorToolchain({ files: { b: "2", a: "1" } }, "/cache")).toEqual(one);
        expect(mirrorToolchain({ files: { a: "1", b: "3" } }, "/cache").bin).not.toBe(one.bin);
        expect(one.bin).not.toBe(toolchainOf("published", "/cache").bin);
    });
});

test("what is made on a machine is packed as Pulumi packs it, the same bytes each time", async () => {
    const cache = join(folder, "cache");
    const toolchain = toolchainOf("offline", cache);
    const parts = ["toolchain/bin/pulumi", "toolchain/libexec/node", "toolchain/libexec/node.stamp"];
    const own = Object.entries(pinnedVersions().plugins).map(
        ([name, version]) => `pulumi-home/plugins/resource-${name}-v${version}/pulumi-resource-${name}`,
    );
    for (const path of [...parts, ...own]) {
        mkdirSync(dirname(join(cache, path)), { recursive: true });
        writeFileSync(join(cache, path), path);
    }
    const pack = async (target: string): Promise<Map<string, string>> => {
        const steps = packedArchives(target, toolchain, cache);
        return new Map(await Promise.all(steps.map((step) => step.run(() => undefined))));
    };
    const first = await pack(join(folder, "one"));
    utimesSync(join(cache, parts[0]!), new Date(), new Date(0));
    expect(await pack(join(folder, "two"))).toEqual(first);
    const list = (path: string): string[] =>
        execFileSync("tar", ["-tzf", join(folder, "one", path)], { encoding: "utf8" })
            .trim()
            .split("\n");
    const { pulumi, plugins } = pinnedVersions();
    expect(list(cliArchive(pulumi, HERE)).filter((path) => !path.endsWith("/"))).toEqual([
        "pulumi/pulumi",
        "pulumi/libexec/node",
    ]);
    expect(list(pluginArchive("docker", plugins["docker"] ?? "", HERE))).toContain("./pulumi-resource-docker");
});
