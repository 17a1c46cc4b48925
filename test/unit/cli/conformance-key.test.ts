/** The key of a conformance file's result: each thing that the result depends on makes another one. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { projectRoot } from "../../../cli/places";
import { CONFORMANCE_IMAGES, keyOf, type Tested } from "../../../cli/testing/conformance-key";
import { importedFiles, importsIn } from "../../../cli/testing/imports";
import { conformanceKeys } from "../../../cli/testing/unchanged";

const FILE = "test/conformance/docker.test.ts";

let folder: string;
let tested: Tested;

function write(path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-conformance-key-"));
    write(`checkout/${FILE}`, 'import { one } from "../support/one";\nimport type { Two } from "../support/two";\n');
    write("checkout/test/conformance/vault.test.ts", 'test("x", () => undefined);\n');
    write("checkout/test/support/one.ts", 'import lock from "../../images.lock.json";\nexport const one = lock;\n');
    write("checkout/test/support/two.ts", "export type Two = 2;\n");
    write("checkout/images.lock.json", "{}");
    write("checkout/package.json", "{}");
    write("checkout/jest.config.js", "module.exports = {};");
    write("checkout/node_modules/.package-lock.json", "{}");
    write("checkout/offline/plugins/vault/differences.txt", "one\n");
    write("cache/toolchain/bin/pulumi", "the CLI");
    write("cache/toolchain/bin/pulumi-language-nodejs", "the language host");
    write("cache/toolchain/libexec/language-host.cjs", "its program");
    write("cache/pulumi-home/plugins/resource-docker-v5.2.0/pulumi-resource-docker", "the plugin");
    write("cache/pulumi-home/plugins/resource-docker-v5.2.0/schema.json", "{}");
    tested = {
        root: join(folder, "checkout"),
        toolchain: {
            way: "offline",
            bin: join(folder, "cache", "toolchain", "bin"),
            home: join(folder, "cache", "pulumi-home"),
        },
        plugins: { docker: "5.2.0" },
        path: join(folder, "path"),
        engine: { host: "unix:///var/run/docker.sock", version: "29.8.0", api: "1.52", identity: "machine /data id" },
        images: { redis: "sha256:1" },
        machine: { os: "linux", release: "6.1", arch: "x64" },
    };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function keyNow(of = tested): Promise<string> {
    const key = (await conformanceKeys(of)).get(FILE);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    return key!;
}

test("is the same while nothing changes, and for a checkout in another place", async () => {
    const key = await keyNow();
    expect(await keyNow()).toBe(key);
    const other = mkdtempSync(join(tmpdir(), "strata-conformance-key-"));

    cpSync(tested.root, other, { recursive: true });
    expect(await keyNow({ ...tested, root: other })).toBe(key);
    rmSync(other, { recursive: true });
});

test.each([
    ["the test file", `checkout/${FILE}`],
    ["what it imports", "checkout/test/support/one.ts"],
    ["what that imports", "checkout/images.lock.json"],
    ["versions of packages", "checkout/package.json"],
    ["what npm installed", "checkout/node_modules/.package-lock.json"],
    ["how jest runs", "checkout/jest.config.js"],
    ["differences that are known", "checkout/offline/plugins/vault/differences.txt"],
    ["the CLI", "cache/toolchain/bin/pulumi"],
    ["the language host's command", "cache/toolchain/bin/pulumi-language-nodejs"],
    ["the language host", "cache/toolchain/libexec/language-host.cjs"],
    ["a plugin", "cache/pulumi-home/plugins/resource-docker-v5.2.0/pulumi-resource-docker"],
    ["a plugin's schema", "cache/pulumi-home/plugins/resource-docker-v5.2.0/schema.json"],
])("is another one when %s changes", async (_, path) => {
    const before = await keyNow();
    write(path, `${readFileSync(join(folder, path), "utf8")} `);
    expect(await keyNow()).not.toBe(before);
});

test.each<[string, (it: Tested) => Partial<Tested>]>([
    ["another way", ({ toolchain }) => ({ toolchain: { ...toolchain, way: "published" } })],
    ["another engine", ({ engine }) => ({ engine: { ...engine, identity: "other /data id" } })],
    ["another address of the engine", ({ engine }) => ({ engine: { ...engine, host: "unix:///run/other.sock" } })],
    ["another release of the engine", ({ engine }) => ({ engine: { ...engine, version: "29.9.0" } })],
    ["another API", ({ engine }) => ({ engine: { ...engine, api: "1.53" } })],
    ["another image", () => ({ images: { redis: "sha256:2" } })],
    ["another kernel", ({ machine }) => ({ machine: { ...machine, release: "6.12" } })],
    ["another processor", ({ machine }) => ({ machine: { ...machine, arch: "arm64" } })],
    ["another system", ({ machine }) => ({ machine: { ...machine, os: "darwin" } })],
])("is another one on %s", async (_, change) => {
    expect(await keyNow({ ...tested, ...change(tested) })).not.toBe(await keyNow());
});

test("is another one for another version of a plugin with the same content", async () => {
    write("cache/pulumi-home/plugins/resource-docker-v5.3.0/pulumi-resource-docker", "the plugin");
    write("cache/pulumi-home/plugins/resource-docker-v5.3.0/schema.json", "{}");
    expect(await keyNow({ ...tested, plugins: { docker: "5.3.0" } })).not.toBe(await keyNow());
});

test("is of one file: what only another one loads, and types, change nothing", async () => {
    const before = await keyNow();
    write("checkout/test/conformance/vault.test.ts", "other");
    write("checkout/test/support/two.ts", "export type Two = 3;\n");
    expect(await keyNow()).toBe(before);
    const keys = await conformanceKeys(tested);
    expect([...keys.keys()]).toEqual([FILE, "test/conformance/vault.test.ts"]);
    expect(new Set(keys.values()).size).toBe(2);
});

test("takes the CLI of the PATH where the toolchain has none", async () => {
    rmSync(join(folder, "cache", "toolchain"), { recursive: true });
    await expect(conformanceKeys(tested)).rejects.toThrow("no pulumi is installed");
    write("path/pulumi", "another CLI");
    const before = await keyNow();
    write("path/pulumi", "one more CLI");
    expect(await keyNow()).not.toBe(before);
});

test("cannot be told without a plugin", async () => {
    await expect(conformanceKeys({ ...tested, plugins: { vault: "7.8.0" } })).rejects.toMatchObject({
        code: "ENOENT",
    });
});

test("depends on names as well as on contents", () => {
    expect(keyOf({ a: "1", b: "2" })).toBe(keyOf({ b: "2", a: "1" }));
    expect(keyOf({ a: "1", b: "2" })).not.toBe(keyOf({ a: "2", b: "1" }));
});

test("imports are found in every form but that of types", () => {
    const text = [
        'import { a, type B } from "./a";',
        'import {\n    c,\n    d,\n} from "../c";',
        'import "./effects";',
        'import lock from "../../lock.json";',
        'import * as e from "./e";',
        'export { f } from "./f";',
        'export * from "./g";',
        'import type { H } from "./types";',
        'export type { I } from "./types";',
        'import { join } from "node:path";',
        'const k = await import("./k");',
        'const l = require("./l");',
    ].join("\n");
    expect(importsIn(text)).toEqual([
        ...["./a", "../c", "./effects", "../../lock.json", "./e", "./f", "./g"],
        ...["./k", "./l"],
    ]);
});

describe("the files of this checkout", () => {
    const files = readdirSync(join(projectRoot, "test", "conformance")).map((name) =>
        join(projectRoot, "test", "conformance", name),
    );

    test("load what they are known to load", () => {
        const loaded = importedFiles(join(projectRoot, FILE)).map((file) => file.slice(projectRoot.length + 1));
        for (const file of [
            FILE,
            "test/conformance/engine.ts",
            "test/support/images.ts",
            "cli/setup/setup.ts",
            "cli/setup/toolchain.ts",
            "config/images.lock.json",
            "offline/build/sdk.ts",
        ]) {
            expect(loaded).toContain(file);
        }
        expect(loaded).not.toContain("cli/session.ts");
    });

    test("start containers from images that the key has", () => {
        const used = files
            .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/imageOf\("([^"]+)"\)/g)])
            .map(([, name]) => name);
        expect([...new Set(used)]).toEqual([...CONFORMANCE_IMAGES]);
    });
});
