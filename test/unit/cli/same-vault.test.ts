/** A Vault with data is opened by what its keys were made for. */

import { refuseOtherVault } from "../../../cli/pulumi/same-vault";
import { readState } from "../../../cli/pulumi/state";
import type { Engine } from "../../../engine/engine";
import type { VaultConfig } from "../../../model/stack-config";
import { configOf, resolve } from "../model/fixtures";

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

/** @param files - in the folder of keys; undefined where nobody can look @returns the refusal and what the engine was asked */
async function refusal(
    [before, now]: readonly [Seal, Seal],
    files?: readonly string[],
    isLost = false,
): Promise<{ said: string | undefined; asked: string[] }> {
    const asked: string[] = [];
    const engine = {
        docker: (args: readonly string[]) => {
            asked.push(args.join(" "));
            const ended = {
                code: files === undefined ? 125 : 0,
                stdout: `${files?.join("\n")}\n`,
                stderr: "no such image",
            };
            return Promise.resolve(ended);
        },
    } as unknown as Engine;
    const present = { volumes: isLost ? [] : [{ name: "production-vault-data" }] };
    const said = await refuseOtherVault(
        stateOf(before),
        declare(now),
        "production",
        present as unknown as Parameters<typeof refuseOtherVault>[3],
        engine,
    ).then(
        () => undefined,
        (error: Error & { next: string }) => `${error.message}; next: ${error.next}`,
    );
    return { said, asked };
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
            ["exec production-vault vault status -format=json -address=http://127.0.0.1:8200"],
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
