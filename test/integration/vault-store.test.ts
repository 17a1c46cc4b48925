/**
 * Vault's own container without the rest: what its scripts do with a store that they did not begin, and with its audit log. The
 * server's data is planted, taken away and put back as a backup would do it.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { PROVISIONER_HCL } from "../../components/foundation/vault";
import { DIALECTS } from "../../components/foundation/vault/dialect";
import { rotateScript } from "../../components/foundation/vault/files";
import { ceremoniesIn } from "../../cli/engine/key-ceremonies";
import { LABEL } from "../../model/names";
import { eventually } from "../support/eventually";
import { imageOf } from "../support/images";
import { docker, removeLabelled, run } from "../support/live-engine";

const ENV = "test-vault-store";
const SERVER = `${ENV}-vault`;
const DATA = "/vault/file";
const LABELLED = `--label=${LABEL.environment}=${ENV}`;
/** A start under load. */
const START = { within: 120_000 };

jest.setTimeout(600_000);

let folder: string;

beforeAll(async () => {
    await removeLabelled(ENV);
    folder = mkdtempSync(join(tmpdir(), "strata-vault-store-"));
    chmodSync(folder, 0o755);
    const files: Record<string, string> = {
        ...DIALECTS.vault.files({ seal: { kind: "local" }, sources: [] }),
        "provisioner.hcl": PROVISIONER_HCL,
        "secrets/provisioner": "x".repeat(48),
        "rotate.sh": rotateScript({ data: DATA }, { fileMiB: 1, files: 2 }),
    };
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o755 });
        writeFileSync(join(folder, path), text);
    }
    await docker(["volume", "create", LABELLED, `${ENV}-data`]);
    await docker([
        ...[
            "run",
            "--detach",
            LABELLED,
            `--name=${SERVER}`,
            "--init",
            "--user=100:1000",
            "--cap-drop=ALL",
            "--read-only",
        ],
        ...["--network=none", "--restart=always", "--tmpfs=/tmp:uid=100,gid=1000", "--tmpfs=/vault/logs"],
        ...["--env=HOME=/tmp", "--env=VAULT_ADDR=http://127.0.0.1:8200"],
        ...[`--volume=${ENV}-data:${DATA}`, `--volume=${folder}:/etc/strata:ro`],
        ...["--entrypoint=sh", await imageOf("vault"), "/etc/strata/run.sh"],
    ]);
    await eventually("Vault is provisioned", () => succeeds(`test -e ${DATA}/seal/provisioned`), START);
    await inside(`${AS_PROGRAM} vault secrets enable -path=psra/kv kv`);
});

afterAll(async () => {
    await removeLabelled(ENV);
    rmSync(folder, { recursive: true, force: true });
});

const AS_PROGRAM =
    "VAULT_TOKEN=$(vault write -field=token auth/approle/login role_id=provisioner secret_id=@/etc/strata/secrets/provisioner)";
const inside = (script: string): Promise<string> =>
    docker(["exec", SERVER, "sh", "-c", `set -e; export VAULT_TOKEN; ${script}`]);
const succeeds = async (script: string): Promise<boolean> =>
    (await run("docker", ["exec", SERVER, "sh", "-c", script])).code === 0;

/** In its volumes, also while it is stopped. */
const shell = async (script: string): Promise<string> =>
    docker([
        ...["run", "--rm", LABELLED, "--network=none", "--user=100:1000", "--entrypoint=sh"],
        ...[`--volumes-from=${SERVER}`, await imageOf("vault"), "-c", script],
    ]);

/** Restarts it. @returns what it says from then on */
async function restart(): Promise<() => Promise<string>> {
    const since = String(Math.floor(Date.now() / 1000));
    await docker(["restart", SERVER]);
    return async () => {
        const { stdout, stderr } = await run("docker", ["logs", "--since", since, SERVER]);
        return stdout + stderr;
    };
}

async function expectData(): Promise<void> {
    await eventually("Vault is open", () => succeeds("vault status"), START);
    expect(await inside(`${AS_PROGRAM} vault secrets list`)).toContain("psra/kv/");
}

test.each([
    ["a store without its key", "seal", "raft", "Restore seal/ from the same backup as raft/"],
    ["a key without its store", "raft", "seal", "Restore raft/ from the same backup as seal/"],
])(
    "%s is left alone, the log says what is missing, and with it everything is back",
    async (_what, lost, left, said) => {
        await docker(["stop", SERVER]);
        const listing = `cd ${DATA}/${left} && find . -type f | sort | xargs -r stat -c '%n %s'`;
        await shell(`mv ${DATA}/${lost} ${DATA}/saved`);
        const before = await shell(`cd ${DATA}/${left} && find . -type f | sort`);
        expect(before).not.toBe("");
        const log = await restart();
        await eventually("the log says it", async () => (await log()).includes(said), START);
        expect(await succeeds("vault status")).toBe(false);
        expect((await inside(listing)).split("\n").map((line) => line.split(" ")[0])).toEqual(before.split("\n"));
        expect(await inside(`ls ${DATA}`)).not.toContain("raft.");

        await docker(["stop", SERVER]);
        await shell(`rm -rf ${DATA}/${lost} && mv ${DATA}/saved ${DATA}/${lost}`);
        await restart();
        await expectData();
    },
);

test("shares of operators are left alone by a server that opens itself, which says whose they are", async () => {
    await docker(["stop", SERVER]);
    await shell(`cd ${DATA} && mv seal/key saved && echo shares > seal/init.json`);
    const log = await restart();
    await eventually("the log says it", async () => (await log()).includes("has shares that operators open"), START);
    expect(await succeeds("vault status")).toBe(false);
    expect(await inside(`cat ${DATA}/seal/init.json; ls ${DATA}/seal`)).toMatch(/^shares\ninit\.json\n(?!.*\bkey\b)/);
    await docker(["stop", SERVER]);
    await shell(`cd ${DATA} && mv saved seal/key && rm seal/init.json`);
    await restart();
    await expectData();
});

test("a store that opens itself is left alone by a server that operators open, and is not healthy there", async () => {
    const keeper = join(folder, "keeper.sh");
    const own = readFileSync(keeper);
    const seal = { kind: "operators", pgpKeys: ["unused"], threshold: 1 } as const;
    writeFileSync(keeper, DIALECTS.vault.files({ seal, sources: [] })["keeper.sh"]!);
    const log = await restart();
    await eventually("the log says it", async () => (await log()).includes("seal/key opens this store"), START);
    expect((await inside(`ls ${DATA}/seal`)).split("\n")).not.toContain("initialised");
    writeFileSync(keeper, own);
    await restart();
    await expectData();
});

test("the audit log is cut into files, compressed, and the oldest go", async () => {
    const list = async (): Promise<string[]> => (await inside(`ls ${DATA}/audit`)).trim().split("\n").sort();
    const fill = `${AS_PROGRAM}; i=0; while [ $i -lt 8 ]; do wget -qO- --header "X-Vault-Token: $VAULT_TOKEN" "http://127.0.0.1:8200/v1/sys/mounts" >/dev/null; i=$((i + 1)); done`;
    const file = `${DATA}/audit/audit.log`;
    for (let round = 0; round < 3; round++) {
        const finished = (await list()).filter((name) => name.endsWith(".gz"));
        // What makes it long is not what is tested: a record that is too large to be a request's.
        await inside(`head -c 1100000 /dev/zero | tr '\\0' 'x' >> ${file}; echo >> ${file}`);
        await eventually(
            "a file is finished",
            async () => (await list()).some((name) => name.endsWith(".gz") && !finished.includes(name)),
            START,
        );
        await inside(fill);
    }
    const files = await list();
    expect(files).toHaveLength(3);
    expect(files[0]).toBe("audit.log");
    // The server writes into the new file.
    expect(await inside(`tail -n 1 ${file}`)).toContain('"path":"sys/mounts"');
});

test("what anybody can begin with the unseal keys is told, and ended by the command that is printed or by a start", async () => {
    const told = (): ReturnType<typeof ceremoniesIn> =>
        ceremoniesIn({ docker: (args) => run("docker", args) }, { id: SERVER, name: SERVER }, "vault");
    expect(await told()).toEqual([]);
    const begin = (): Promise<string> =>
        inside(
            "unset VAULT_TOKEN; vault operator generate-root -init; vault operator rekey -init -key-shares=1 -key-threshold=1",
        );
    await begin();
    const begun = await told();
    if (begun === "unknown") throw new Error("Vault does not say what was begun");
    expect(begun.map(({ kind, progress, required }) => [kind, progress, required])).toEqual([
        ["root generation", 0, 1],
        ["rekey", 0, 1],
    ]);
    for (const { cancel } of begun) expect((await run("sh", ["-c", cancel])).code).toBe(0);
    expect(await told()).toEqual([]);
    await begin();
    await restart();
    await expectData();
    expect(await told()).toEqual([]);
});

test("a store that was cut off while it was initialised is moved aside, with all that is in it", async () => {
    await inside(`rm ${DATA}/seal/* && touch ${DATA}/seal/initialising`);
    const log = await restart();
    await eventually("it begins anew", async () => (await log()).includes("its store is kept as"), START);
    await eventually("Vault is provisioned", () => succeeds(`test -e ${DATA}/seal/provisioned`), START);
    const [aside = ""] = (await inside(`ls -d ${DATA}/raft.*`)).split("\n");
    expect(aside).toMatch(/raft\.\d{8}T\d{6}Z$/);
    expect(await inside(`ls ${aside}`)).toContain("vault.db");
});
