import { sealWarning } from "../../../components/foundation/vault/servers";

const operators = { kind: "operators", pgpKeys: ["one", "two"], threshold: 2 } as const;

test.each(["staging", "production", "locale", "attest-1"])("a key beside its data is talked about in %s", (name) => {
    expect(sealWarning(name, { seal: { kind: "local" } })).toContain(`strata:vault.seal is local in ${name}`);
    expect(sealWarning(name, { seal: operators })).toBeUndefined();
});

test.each(["local", "test-it"])("and not in %s", (name) => {
    expect(sealWarning(name, { seal: { kind: "local" } })).toBeUndefined();
});
