import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";

import {
    composeCopy,
    effectiveFile,
    readStackFile,
    refreshCopy,
    saveEncryption,
    writtenApi,
    writtenEngine,
} from "../../../cli/stacks/copy";
import type { Stack } from "../../../cli/stacks/stack";

const SALT = "v1:AAAA:v1:BBBB:CCCC";
/** As in copies that 0.1 wrote. */
const MADE = { redis: "strata/redis:0123456789ab" };

function stackWith(source: string): Stack {
    const folder = mkdtempSync(join(tmpdir(), "strata-copy-"));
    const path = join(folder, "Pulumi.local.yaml");
    writeFileSync(path, source);
    return {
        name: "local",
        source: path,
        copy: join(folder, "private.yaml"),
        passphraseFile: join(folder, "passphrase"),
        stateFolder: join(folder, "state"),
    };
}

describe("what a copy holds", () => {
    test("the settings of the source", () => {
        const source = { config: { "strata:domain": "strata.localhost" } };
        expect(composeCopy(source)).toEqual(source);
    });

    test("salt and secrets of the copy live on, plain settings come from the source", () => {
        const previous = {
            encryptionsalt: SALT,
            config: { "strata:domain": "old.example", "strata:gone": "x", "strata:smtp": { secure: "v1:abc" } },
        };
        expect(composeCopy({ config: { "strata:domain": "new.example" } }, previous)).toEqual({
            encryptionsalt: SALT,
            config: { "strata:domain": "new.example", "strata:smtp": { secure: "v1:abc" } },
        });
    });

    test("references that somebody wrote, and not those that were made here", () => {
        const pinned = `redis@sha256:${"0".repeat(64)}`;
        const of = (redis: string) => composeCopy({ config: { "strata:images": { redis } } }).config;
        expect(of(pinned)).toEqual({ "strata:images": { redis: pinned } });
        expect(of("strata.invalid/redis:ffffffffffff")).toEqual({});
        expect(of("strata/redis:ffffffffffff")).toEqual({});
    });
});

describe("what was found out about the engine", () => {
    const KEY = "strata:engineFound";
    const socket = { host: "unix:///var/run/docker.sock" };
    const before = (api: string) => ({ config: { [KEY]: { ...socket, api } } });

    test("is a key of its own, so that what the source says about the engine stays as written", () => {
        const source = { config: { "strata:engine": { api: "1.41" } } };
        expect(composeCopy(source, undefined, undefined, { ...socket, api: "1.52" }).config).toEqual({
            "strata:engine": { api: "1.41" },
            [KEY]: { ...socket, api: "1.52" },
        });
    });

    test("replaces what was found before; an engine that gives no answer leaves its version as it was known", () => {
        const of = (engine: { host: string; api?: string }) =>
            composeCopy({ config: {} }, before("1.43"), undefined, engine).config?.[KEY];
        expect(of({ ...socket, api: "1.47" })).toEqual({ ...socket, api: "1.47" });
        expect(of(socket)).toEqual({ ...socket, api: "1.43" });
        expect(of({ host: "unix:///other.sock" })).toEqual({ host: "unix:///other.sock" });
    });

    test("is not taken for the author's own words when the copy is the only file of a stack", () => {
        const copy = before("1.43");
        expect(writtenEngine(copy)).toEqual({});
        expect(writtenApi(copy)).toBeUndefined();
        expect(composeCopy(copy, copy, undefined, { ...socket, api: "1.52" }).config?.[KEY]).toEqual({
            ...socket,
            api: "1.52",
        });
        expect(writtenEngine({ config: { "strata:engine": { host: "ssh://x", certPath: 1 } } })).toEqual({
            host: "ssh://x",
        });
    });
});

describe("the file", () => {
    test("is private, keeps its salt, and follows the source, which never changes", () => {
        const stack = stackWith("config:\n  strata:domain: one.example\n");
        expect(refreshCopy(stack)).toBe(stack.copy);
        expect(statSync(stack.copy).mode & 0o777).toBe(0o600);
        saveEncryption(stack, { encryptionsalt: SALT });
        writeFileSync(stack.source, "config:\n  strata:domain: two.example\n");
        refreshCopy(stack);
        expect(parse(readFileSync(stack.copy, "utf8"))).toEqual({
            encryptionsalt: SALT,
            config: { "strata:domain": "two.example" },
        });
        expect(readFileSync(stack.source, "utf8")).toBe("config:\n  strata:domain: two.example\n");
    });

    test("keeps what was set on it, as pulumi config set does, until it is removed there; the source is only read", () => {
        const stack = stackWith("config:\n  strata:domain: one.example\n  strata:addressBase: '10.9'\n");
        const config = () => readStackFile(stack.copy).config;
        const edit = (change: object) =>
            writeFileSync(stack.copy, stringify({ ...readStackFile(stack.copy), config: { ...config(), ...change } }));
        refreshCopy(stack);
        edit({ "strata:domain": "mine.example", "strata:healthCheckInterval": "7" });
        writeFileSync(stack.source, "config:\n  strata:domain: two.example\n  strata:addressBase: '10.10'\n");
        const own = { "strata:domain": "mine.example", "strata:healthCheckInterval": "7" };
        // Looked at before and after it was written: the same both times.
        expect(effectiveFile(stack).own).toEqual(Object.keys(own));
        for (let run = 0; run < 2; run += 1) {
            refreshCopy(stack);
            expect(config()).toEqual({ ...own, "strata:addressBase": "10.10" });
            expect(effectiveFile(stack)).toMatchObject({ file: { config: own }, own: Object.keys(own) });
        }
        edit({ "strata:domain": undefined });
        refreshCopy(stack);
        expect(config()).toMatchObject({ "strata:domain": "two.example", "strata:healthCheckInterval": "7" });
        expect(readFileSync(stack.source, "utf8")).toContain("two.example");
    });

    test("images made here, which 0.1 wrote into its copies, are nobody's setting", () => {
        const stack = stackWith("config: {}\n");
        writeFileSync(stack.copy, stringify({ config: { "strata:images": MADE } }));
        expect(effectiveFile(stack).own).toEqual([]);
        refreshCopy(stack);
        expect(readStackFile(stack.copy).config).toEqual({});
    });

    test("is not rewritten when nothing changed", () => {
        const stack = stackWith("config:\n  strata:domain: one.example\n");
        refreshCopy(stack);
        const before = statSync(stack.copy).ino;
        refreshCopy(stack);
        expect(statSync(stack.copy).ino).toBe(before);
    });

    test("a source with a salt or a key of its own is given to pulumi as it is", () => {
        const stack = stackWith(`encryptionsalt: ${SALT}\nconfig: {}\n`);
        expect(refreshCopy(stack)).toBe(stack.source);
        expect(() => statSync(stack.copy)).toThrow("ENOENT");
    });

    test("a copy that has become the source keeps its salt", () => {
        const stack = stackWith("config:\n  strata:domain: one.example\n");
        refreshCopy(stack);
        saveEncryption(stack, { encryptionsalt: SALT });
        expect(refreshCopy({ ...stack, source: stack.copy })).toBe(stack.copy);
        expect(readStackFile(stack.copy)).toEqual({
            encryptionsalt: SALT,
            config: { "strata:domain": "one.example" },
        });
    });

    test("that is no YAML or no mapping is refused by name", () => {
        const broken = stackWith("config: [");
        expect(() => refreshCopy(broken)).toThrow(`${broken.source} cannot be read`);
        const list = stackWith("- config\n");
        expect(() => refreshCopy(list)).toThrow(`${list.source} holds no mapping; accepted: config: {…}`);
    });
});
