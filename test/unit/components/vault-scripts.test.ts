import { spawnSync } from "node:child_process";

import { DIALECTS } from "../../../components/foundation/vault/dialect";
import type { VaultSeal, VaultServerName } from "../../../model/stack-config";

const seals: readonly VaultSeal[] = [{ kind: "local" }, { kind: "operators", pgpKeys: ["a", "b", "c"], threshold: 2 }];
const sources = ["172.25.5.0/24"];
const servers = Object.keys(DIALECTS) as VaultServerName[];
const scripts = servers.flatMap((server) =>
    seals.flatMap((seal) =>
        Object.entries(DIALECTS[server].files({ seal, sources }))
            .filter(([path]) => path.endsWith(".sh"))
            .map(([path, text]): [server: string, seal: string, path: string, text: string] => [
                server,
                seal.kind,
                path,
                text,
            ]),
    ),
);
const operators = (server: VaultServerName): string =>
    DIALECTS[server].files({ seal: seals[1]!, sources })["keeper.sh"] ?? "";

test.each(scripts)("%s, %s: %s is a shell script", (_server, _seal, _path, script) => {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
});

test.each(scripts)("%s, %s: %s calls its server's own program", (server, _seal, _path, script) => {
    expect(script).not.toMatch(server === "openbao" ? /(^|[ (])vault [a-z]/m : /(^|[ (])bao [a-z]/m);
});

test.each(scripts)("%s, %s: %s hands keys and tokens over in files", (_server, _seal, _path, script) => {
    for (const line of script
        .split("\n")
        .filter((text) => /\b((vault|bao) (login|write sys\/unseal|operator unseal)|secret_id=)/.test(text))) {
        expect(line).toMatch(/@|<|-no-print|operator unseal\b(?!.*\$)/);
        expect(line).not.toMatch(/\$\(|\$token|\$key\b/);
    }
});

test.each(servers)("%s: shares are encrypted to every operator, the root token to the first", (server) => {
    expect(operators(server)).toContain("-key-shares=3 -key-threshold=2");
    expect(operators(server)).toContain("-pgp-keys=/etc/strata/pgp/1.asc,/etc/strata/pgp/2.asc,/etc/strata/pgp/3.asc");
    expect(operators(server)).toContain("-root-token-pgp-key=/etc/strata/pgp/1.asc");
});

test.each(servers)("%s: the operators' keeper never opens the server itself", (server) => {
    expect(operators(server)).not.toContain("unseal key");
    expect(operators(server)).not.toContain("sys/unseal");
});

const withProvision = servers.flatMap((server) =>
    seals.flatMap((seal) => {
        const script = DIALECTS[server].files({ seal, sources })["provision.sh"];
        return script === undefined ? [] : [[server, seal.kind, script] as const];
    }),
);

test.each(withProvision)("%s, %s: the program's login is bound to where it comes from", (_server, _seal, script) => {
    expect(script).toMatch(/ token_bound_cidrs=172\.25\.5\.0\/24,127\.0\.0\.1 /);
    expect(script).toMatch(/ secret_id_bound_cidrs=172\.25\.5\.0\/24,127\.0\.0\.1\/32 /);
});

test.each(scripts)("%s, %s: %s deletes no store", (_server, _seal, _path, script) => {
    expect(script.match(/rm [^\n]*/g) ?? []).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/-\w*r|raft(?!\.\*)/)]),
    );
});
