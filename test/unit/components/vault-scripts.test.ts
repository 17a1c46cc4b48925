import { spawnSync } from "node:child_process";

import { keeperScript, PROVISION_SH, RUN_SH } from "../../../components/foundation/vault/files";

const operators = keeperScript({ kind: "operators", pgpKeys: ["a", "b", "c"], threshold: 2 });
const scripts = [
    ["run.sh", RUN_SH],
    ["provision.sh", PROVISION_SH],
    ["keeper.sh, local seal", keeperScript({ kind: "local" })],
    ["keeper.sh, operators' seal", operators],
] as const;

test.each(scripts)("%s is a shell script", (_name, script) => {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
});

test.each(scripts)("%s hands keys and tokens over in files, never as arguments", (_name, script) => {
    for (const line of script
        .split("\n")
        .filter((text) => /\b(vault (login|write sys\/unseal|operator unseal)|secret_id=)/.test(text))) {
        expect(line).toMatch(/@|<|-no-print|operator unseal\b(?!.*\$)/);
        expect(line).not.toMatch(/\$\(|\$token|\$key\b/);
    }
});

test("shares are encrypted to every operator, the root token to the first", () => {
    expect(operators).toContain("-key-shares=3 -key-threshold=2");
    expect(operators).toContain("-pgp-keys=/etc/strata/pgp/1.asc,/etc/strata/pgp/2.asc,/etc/strata/pgp/3.asc");
    expect(operators).toContain("-root-token-pgp-key=/etc/strata/pgp/1.asc");
});

test("the operators' keeper never opens the server itself", () => {
    expect(operators).not.toContain("unseal key");
    expect(operators).not.toContain("sys/unseal");
});
