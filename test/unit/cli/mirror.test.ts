/** What comes from a mirror or from Pulumi's own server is what it must be, or is not there. */

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fetchManifest, manifestText, readManifest } from "../../../cli/mirror/manifest";
import { cliArchive, download, pluginArchive } from "../../../cli/setup/downloads";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const IMAGE = `mirror.example:5000/redis@sha256:${"a".repeat(64)}`;
const CONTENT = { images: { redis: IMAGE }, files: { "releases/sdk/x.tar.gz": "b".repeat(64) } };

let server: Server;
let url: string;
let folder: string;
/** Answers by path. */
const served = new Map<string, string>();

beforeAll(async () => {
    server = createServer((request, response) => {
        const text = served.get(request.url ?? "");
        response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-mirror-"));
    served.clear();
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
        expect(readManifest(text, { url, sha256: sha256(text) })).toEqual({ format: 1, ...CONTENT });
        expect(manifestText({ files: CONTENT.files, images: { ...CONTENT.images } })).toBe(text);
    });

    test("that has changed is refused", () => {
        expect(() => readManifest(manifestText(CONTENT), { url, sha256: "c".repeat(64) })).toThrow(
            /mirror\.json has changed: SHA-256 is [0-9a-f]{64}, accepted: c{64} \(strata:mirror\.sha256\)/,
        );
    });

    test.each([
        ["no JSON", "<html>"],
        ["another form", JSON.stringify({ format: 2, images: {}, files: {} })],
        ["an image by tag", JSON.stringify({ format: 1, images: { redis: "redis:8" }, files: {} })],
    ])("%s is refused", (_, text) => {
        expect(() => readManifest(text, { url })).toThrow(`${url}/mirror.json is no manifest of a mirror`);
    });

    test("is asked for over HTTP", async () => {
        await expect(fetchManifest({ url })).rejects.toThrow(`${url}/mirror.json was answered 404`);
        served.set("/mirror.json", manifestText(CONTENT));
        expect((await fetchManifest({ url })).images).toEqual({ redis: IMAGE });
        await expect(fetchManifest({ url: "http://127.0.0.1:1" })).rejects.toThrow("does not answer");
    });
});
