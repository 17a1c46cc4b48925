/**
 * What OpenBao is started with. The server cannot be had here, so its configuration is compared with the names that its
 * sources accept, and its start is run with a stand-in for `bao`. Cannot show what the server makes of it.
 */

import { spawnSync } from "node:child_process";
import {
    chmodSync,
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openBao } from "../../../components/foundation/vault/openbao";

const SOURCES = "https://github.com/openbao/openbao/blob/v2.6.2";

/** What each block accepts, of what is used here; the last column is where that is written. */
const ACCEPTED: Readonly<Record<string, readonly [names: readonly string[], source: string]>> = {
    server: [
        ["ui", "cluster_addr", "api_addr", "storage", "listener", "seal", "audit", "initialize"],
        `${SOURCES}/command/server/config.go`,
    ],
    raft: [["path", "node_id"], "https://openbao.org/docs/configuration/storage/raft/"],
    tcp: [
        [
            "address",
            "cluster_address",
            "tls_disable",
            "disable_unauthed_generate_root_endpoints",
            "disable_unauthed_rekey_endpoints",
        ],
        `${SOURCES}/helper/configutil/listener.go`,
    ],
    static: [["current_key", "current_key_id"], "https://openbao.org/docs/configuration/seal/static/"],
    audit: [["description", "options", "local"], `${SOURCES}/command/server/config.go`],
    request: [
        ["operation", "path", "token", "data", "headers", "when", "allow_failure"],
        `${SOURCES}/helper/profiles/config.go`,
    ],
    file: [["eval_source", "eval_type", "path"], "https://openbao.org/docs/concepts/profiles/"],
};

type Block = Readonly<Record<string, unknown>>;

/** The blocks of a named kind: a list of objects with one key each, which is the name. */
function named(blocks: unknown): [name: string, block: Block][] {
    return (blocks as Record<string, Block>[]).map((block) => {
        expect(Object.keys(block)).toHaveLength(1);
        return Object.entries(block)[0]!;
    });
}

function expectAccepted(block: Block, kind: string): void {
    const [names] = ACCEPTED[kind]!;
    expect(Object.keys(block).filter((name) => !names.includes(name))).toEqual([]);
}

const SOURCES_OF_PROGRAM = ["172.25.5.0/24"];
const local = openBao.files({ seal: { kind: "local" }, sources: SOURCES_OF_PROGRAM });
const shared = openBao.files({
    seal: { kind: "operators", pgpKeys: ["a", "b"], threshold: 2 },
    sources: SOURCES_OF_PROGRAM,
});
const read = (files: Readonly<Record<string, string>>): Block => JSON.parse(files["openbao.json"]!) as Block;

test.each([
    ["local", local],
    ["operators", shared],
])("%s: every name is one that the server knows, and mlock is none of them", (_seal, files) => {
    const configuration = read(files);
    expectAccepted(configuration, "server");
    expect(JSON.stringify(configuration)).not.toContain("mlock");
    expectAccepted((configuration["storage"] as { raft: Block }).raft, "raft");
    for (const [type, block] of named(configuration["listener"])) {
        expectAccepted(block, type);
        // What the operators do is not for others to start or stop.
        expect(block).toMatchObject({
            disable_unauthed_generate_root_endpoints: true,
            disable_unauthed_rekey_endpoints: true,
        });
    }
});

test.each([
    ["local", local],
    ["operators", shared],
])("%s: an audit device is declared under the name that Vault's has", (_seal, files) => {
    const [[type, byPath] = [], ...others] = named(read(files)["audit"]);
    expect([type, others]).toEqual(["file", []]);
    const device = byPath!["file"] as Block;
    expectAccepted(device, "audit");
    // The JSON parser takes an object of nothing but objects for one more name: seen with hashicorp/hcl v1.0.1-vault-7.
    expect(Object.values(device).some((value) => typeof value !== "object")).toBe(true);
    expect(device["options"]).toEqual({ file_path: "/openbao/file/audit/audit.log" });
});

test("the local seal is one key beside the data", () => {
    const [[type, seal] = [], ...others] = named(read(local)["seal"]);
    expect([type, others]).toEqual(["static", []]);
    expectAccepted(seal!, "static");
    expect(seal).toEqual({ current_key_id: "local-1", current_key: "file:///openbao/file/seal/key" });
});

test("the program's identity is made by the server itself, and nothing of it is in the configuration", () => {
    const [[, block] = [], ...others] = named(read(local)["initialize"]);
    expect(others).toEqual([]);
    expect(Object.keys(block!)).toEqual(["request"]);
    const requests = named(block!["request"]);
    for (const [name, request] of requests) {
        expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        expectAccepted(request, "request");
        expect(request["operation"]).toBe("update");
        for (const value of Object.values(request["data"] as Block)) {
            if (typeof value === "object") expectAccepted(value as Block, "file");
        }
    }
    expect(requests.map(([, { path }]) => path)).toEqual([
        "sys/auth/approle",
        "sys/policies/acl/provisioner",
        "auth/approle/role/provisioner",
        "auth/approle/role/provisioner/role-id",
        "auth/approle/role/provisioner/custom-secret-id",
    ]);
    const file = (path: string): object => ({ eval_source: "file", eval_type: "string", path });
    const data = Object.fromEntries(requests.map(([name, request]) => [name, request["data"]]));
    expect(data["policy"]).toEqual({ policy: file("/etc/strata/provisioner.hcl") });
    expect(data["secret-id"]).toEqual({ secret_id: file("/etc/strata/secrets/provisioner") });
});

test("with people's keys nothing opens or initialises the server by itself", () => {
    expect(Object.keys(read(shared))).not.toEqual(expect.arrayContaining(["seal"]));
    expect(Object.keys(read(shared))).not.toEqual(expect.arrayContaining(["initialize"]));
    expect(shared["provision.sh"]).not.toContain("audit enable");
});

describe("the first start", () => {
    const root = mkdtempSync(join(tmpdir(), "strata-openbao-"));
    const data = join(root, "data");
    const at = (path: string): string => join(data, path);
    // `bao status` succeeds when the test says so; `bao server` stays for a moment, as the foreground process.
    const bao = `#!/bin/sh\n[ "$1" = status ] && exec test -e ${root}/open\nsleep 1\n`;

    beforeAll(() => {
        mkdirSync(join(root, "bin"));
        writeFileSync(join(root, "bin", "bao"), bao);
        chmodSync(join(root, "bin", "bao"), 0o755);
    });

    afterAll(() => {
        rmSync(root, { recursive: true });
    });

    // The loop beside it is started by the same script and has a test of its own.
    const script = (): string => local["run.sh"]!.replaceAll("/openbao/file", data).replace(/^sh .*rotate.*$/m, "");
    const options = {
        env: { PATH: `${join(root, "bin")}:${process.env["PATH"]}` },
        encoding: "utf8" as const,
    };

    function start(): string {
        // What waits for the server in the background must not keep the pipe open.
        const log = join(root, "log");
        const { status } = spawnSync("sh", ["-c", `{ ${script()} } > ${log} 2>&1`], {
            ...options,
            stdio: "ignore",
            timeout: 10_000,
        });
        const said = readFileSync(log, "utf8");
        expect([status, said.replace(/^strata: .*\n/gm, "")]).toEqual([0, ""]);
        return said;
    }

    test("makes a key that the static seal takes, once, and marks what was initialised", () => {
        writeFileSync(join(root, "open"), "");
        start();
        const key = readFileSync(at("seal/key"), "utf8");
        expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
        expect(Buffer.from(key, "base64")).toHaveLength(32);
        expect(existsSync(at("seal/provisioned"))).toBe(true);

        writeFileSync(at("raft/vault.db"), "kept");
        start();
        expect(readFileSync(at("seal/key"), "utf8")).toBe(key);
        expect(existsSync(at("raft/vault.db"))).toBe(true);
    });

    test("a store is kept whose marker is gone", () => {
        rmSync(at("seal/provisioned"));
        start();
        expect(readFileSync(at("raft/vault.db"), "utf8")).toBe("kept");
        expect(existsSync(at("seal/provisioned"))).toBe(true);
    });

    test("a store that two starts did not open is moved aside, and the log says where", () => {
        rmSync(at("seal/provisioned"));
        rmSync(join(root, "open"));
        rmSync(at("raft"), { recursive: true });
        start();
        writeFileSync(at("raft/vault.db"), "half");
        start();
        expect(existsSync(at("raft/vault.db"))).toBe(true);
        const said = start();
        expect(existsSync(at("raft/vault.db"))).toBe(false);
        const [aside = ""] = readdirSync(data).filter((name) => name.startsWith("raft."));
        expect(aside).toMatch(/^raft\.\d{8}T\d{6}Z$/);
        expect(readFileSync(at(`${aside}/vault.db`), "utf8")).toBe("half");
        expect(said).toContain(`its store is kept as ${at(aside)}`);
        expect(existsSync(at("seal/key"))).toBe(true);
    });

    test.each([
        ["data without its key", "seal", "raft", "Restore seal/ from the same backup"],
        ["a key without its data", "raft", "seal", "Restore raft/ from the same backup"],
    ])("%s is left as it is, with the reason", (_what, lost, left, said) => {
        writeFileSync(join(root, "open"), "");
        rmSync(at("seal/initialising"), { force: true });
        writeFileSync(at("raft/vault.db"), "data");
        writeFileSync(at("seal/provisioned"), "");
        const before = readdirSync(at(left));
        cpSync(data, join(root, "saved"), { recursive: true });
        rmSync(at(lost), { recursive: true });
        // It does not end: a server that is not healthy, whose log says why.
        const { stdout, signal } = spawnSync("sh", ["-c", script()], { ...options, timeout: 1500 });
        expect([signal, stdout]).toEqual(["SIGTERM", expect.stringContaining(said)]);
        expect(readdirSync(at(left))).toEqual(before);
        expect(existsSync(at(lost))).toBe(false);
        rmSync(data, { recursive: true });
        cpSync(join(root, "saved"), data, { recursive: true });
    });
});
