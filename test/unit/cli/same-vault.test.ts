/** A Vault with data is opened by what its keys were made for. */

import { refuseOtherVault } from "../../../cli/pulumi/same-vault";
import { readState } from "../../../cli/pulumi/state";
import type { Failure } from "../../../cli/failure";
import type { Engine } from "../../../engine/engine";
import type { VaultConfig } from "../../../model/stack-config";
import { configOf, resolve } from "../model/fixtures";
import keys from "../model/pgp-keys.json";

const LOCAL = { server: "vault", seal: { kind: "local" } } as const;
const OPERATORS = { server: "vault", seal: { kind: "operators", pgpKeys: ["a", "b"], threshold: 2 } } as const;
const OPENBAO = { server: "openbao", seal: { kind: "local" } } as const;
type Seal = Pick<VaultConfig, "server" | "seal">;

function declare(vault: Seal): Parameters<typeof refuseOtherVault>[1] {
    const config = configOf();
    const changed = { ...config, vault: { ...config.vault, ...vault } };
    return { config: changed, platform: resolve(undefined, changed) };
}

/** What the state has after an `up` with a seal. */
function stateOf(vault: Seal): ReturnType<typeof readState> {
    const labels = ["strata.service", "strata.data"].map((label) => ({
        label,
        value: label === "strata.data" ? "true" : "vault",
    }));
    const resource = (type: string, name: string, outputs: object) => ({
        ...{ urn: `urn:pulumi:x::strata::${type}::${name}`, type, id: name },
        ...{ inputs: outputs, outputs },
    });
    return readState({
        deployment: {
            resources: [
                resource("strata:network:FlowPlan", "flow-plan", declare(vault).platform),
                resource("docker:index/volume:Volume", "production-vault-data", {
                    name: "production-vault-data",
                    labels,
                }),
                resource("docker:index/container:Container", "production-vault", {
                    ...{ name: "production-vault", image: "sha256:1", mustRun: true, labels },
                }),
            ],
        },
    });
}

/**
 * @param files - in the folder of keys; undefined where nobody can look
 * @param shares - content of the file with the operators' shares; undefined when there is none
 * @returns the refusal and what the engine was asked
 */
async function refusal(
    [before, now]: readonly [Seal, Seal],
    files?: readonly string[],
    isLost = false,
    shares?: object,
): Promise<{ said: string | undefined; details?: readonly string[]; asked: string[] }> {
    const asked: string[] = [];
    const engine = {
        docker: (args: readonly string[]) => {
            asked.push(args.join(" "));
            if (args.includes("cat")) {
                const ended = { code: shares ? 0 : 1, stdout: JSON.stringify(shares) ?? "", stderr: "" };
                return Promise.resolve(ended);
            }
            const ended = {
                code: files === undefined ? 125 : 0,
                stdout: `${files?.join("\n")}\n`,
                stderr: "no such image",
            };
            return Promise.resolve(ended);
        },
    } as unknown as Engine;
    const present = { volumes: isLost ? [] : [{ name: "production-vault-data" }] };
    const ended = await refuseOtherVault(
        stateOf(before),
        declare(now),
        "production",
        present as unknown as Parameters<typeof refuseOtherVault>[3],
        engine,
    ).then(
        () => ({ said: undefined }),
        ({ message, next, details }: Failure) => ({ said: `${message}; next: ${next}`, details }),
    );
    return { ...ended, asked };
}

test("the same server and the local seal ask nothing", async () => {
    expect(await refusal([LOCAL, LOCAL])).toEqual({ said: undefined, asked: [] });
});

describe("operators", () => {
    const sealed = (t: number, n: number): string[] => [JSON.stringify({ initialized: true, sealed: true, t, n })];

    test("as many as the server has shares for: accepted, also when the server does not answer", async () => {
        const { said, asked } = await refusal([OPERATORS, OPERATORS], sealed(2, 2));
        expect([said, asked]).toEqual([
            undefined,
            [
                "exec production-vault vault status -format=json -address=http://127.0.0.1:8200",
                "exec production-vault cat /vault/file/seal/init.json",
            ],
        ]);
        expect((await refusal([OPERATORS, OPERATORS])).said).toBeUndefined();
    });

    test("more or fewer than the server has shares for: refused, because a stack file makes no shares", async () => {
        const fewer = { ...OPERATORS, seal: { ...OPERATORS.seal, threshold: 1 } };
        expect((await refusal([OPERATORS, fewer], sealed(2, 2))).said).toContain(
            "says that 1 of 2 operators open Vault, and it opens with 2 of 2 shares",
        );
        expect((await refusal([OPERATORS, OPERATORS], sealed(2, 3))).said).toContain("it opens with 2 of 3 shares");
    });

    const [ADA, BEN, CLEO] = [
        keys["rsa with a subkey that encrypts"],
        keys["ed25519 with a subkey that encrypts"],
        keys["rsa that encrypts itself"],
    ];
    const by = (...pgpKeys: readonly string[]) => ({ ...OPERATORS, seal: { ...OPERATORS.seal, pgpKeys } });
    /** A share as Vault's library encrypts it to a key. */
    const share = (id: string): string => Buffer.from(`c1c04c03${id}${"00".repeat(259)}`, "hex").toString("base64");
    const OF_ADA_AND_BEN = [share("dde3db323e4ebc15"), share("62848e025271d394")];

    test.each([
        ["the first start wrote", { unseal_keys_b64: OF_ADA_AND_BEN, root_token: "x" }],
        ["new shares left", { keys_base64: OF_ADA_AND_BEN }],
    ])(
        "one operator in place of another, by the file that %s: refused, because the new one has no share",
        async (_, file) => {
            const { said, details } = await refusal([by(ADA, BEN), by(ADA, CLEO)], sealed(2, 2), false, file);
            expect(said).toBe(
                "strata:vault.seal.pgpKeys of production names operators who hold no share of Vault: number 2 of the list. Nothing was touched; " +
                    'next: put strata:vault.seal.pgpKeys back, or make shares for these operators first: "Another seal" in docs/vault.md',
            );
            expect(details).toEqual([
                "  keys that open a share and are not in the list: 62848E025271D394",
                "  the order of the list does not matter: Vault opens with any of its shares",
            ]);
        },
    );

    test("operators who change places in the list: accepted, because any of the shares opens Vault", async () => {
        const file = { unseal_keys_b64: OF_ADA_AND_BEN };
        expect((await refusal([by(ADA, BEN), by(BEN, ADA)], sealed(2, 2), false, file)).said).toBeUndefined();
    });

    test.each([
        ["of other shares", { unseal_keys_b64: [...OF_ADA_AND_BEN, share("1415cc785cd4209c")] }],
        ["that does not name a holder", { unseal_keys_b64: [share("dde3db323e4ebc15"), share("0".repeat(16))] }],
        ["without shares", { errors: [] }],
    ])("a file %s tells nothing, and is no reason to refuse", async (_, file) => {
        expect((await refusal([by(ADA, BEN), by(ADA, CLEO)], sealed(2, 2), false, file)).said).toBeUndefined();
    });
});

test("a server that opens itself has no key to what operators open: refused, and their shares stay where they are", async () => {
    const { said, asked } = await refusal([OPERATORS, LOCAL], ["init.json", "initialised", "provisioned"]);
    expect(said).toContain("strata:vault.seal.kind of production is local now, which has no key to the store");
    expect(said).toContain('put strata:vault.seal back, or make the new keys first: "Another seal" in docs/vault.md');
    expect(asked).toEqual([expect.stringMatching(/--volume=production-vault-data:\/data:ro.* sha256:1 \/data\/seal$/)]);
});

test("operators have no shares of what opens itself: refused until the key is gone", async () => {
    expect((await refusal([LOCAL, OPERATORS], ["key", "provisioned"])).said).toContain("is operators now");
    expect((await refusal([LOCAL, OPERATORS], ["init.json", "provisioned"])).said).toBeUndefined();
});

test("when nobody can look into the volume, the refusal says why", async () => {
    expect((await refusal([LOCAL, OPERATORS])).said).toContain(
        "nobody can look into production-vault-data: no such image",
    );
});

test("another server is refused, whatever its keys", async () => {
    const { said, asked } = await refusal([LOCAL, OPENBAO], ["key"]);
    expect(said).toContain("strata:vault.server of production is openbao now, which does not open the store");
    expect(asked).toEqual([]);
});

test("a store that is made anew after a loss may have another seal", async () => {
    expect(await refusal([OPERATORS, LOCAL], [], true)).toEqual({ said: undefined, asked: [] });
});
