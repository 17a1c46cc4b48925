/**
 * Whether a Vault that holds data can still be opened. Another server does not open the store of the first server. Another seal has
 * no key to it: the shares of operators and the key of a server that opens itself are each in one place only.
 */

import { isDeepStrictEqual } from "node:util";

import { isSealedBy, sealFolder, VAULT, VAULT_SERVERS } from "../../components/foundation/vault/kind";
import type { Engine } from "../../engine/engine";
import { LABEL } from "../../model/names";
import type { VaultConfig } from "../../model/stack-config";
import { encryptedShares, sharesIn } from "../engine/vault-seal";
import { Failure } from "../failure";
import type { Declared } from "../stacks/platform";
import type { EngineView } from "./recovery";
import { lookInto, serverOf } from "./same-data";
import { compareHolders } from "./share-holders";
import type { KnownState } from "./state";

type Known = Pick<KnownState, "containers" | "volumes" | "vaultProgram" | "vaultTest">;

/**
 * Refuses a server or seal that could not open the store. Another server or seal has another health check: when the declared check is
 * not the state's, this looks into the volume of Vault. When it is, this asks the server how many shares open it. A lost volume is no
 * reason to refuse: a new store may have another seal.
 *
 * @param present - what the engine has of this environment
 * @throws Failure when the declared server could not open the store, or when nobody can tell; nothing was touched
 */
export async function refuseOtherVault(
    known: Known,
    { platform, config }: Pick<Declared, "platform" | "config">,
    stack: string,
    present: Pick<EngineView, "volumes">,
    engine: Pick<Engine, "docker">,
): Promise<void> {
    if (known.vaultTest === undefined) return;
    const { server, seal } = config.vault;
    const declared = platform.services.find(({ name }) => name === VAULT)?.healthCheck.test;
    if (isDeepStrictEqual(known.vaultTest, declared)) return refuseOtherShares(known, config.vault, stack, engine);
    const volume = known.volumes.find(({ name, labels }) => labels[LABEL.service] === VAULT && isThere(name, present));
    if (volume === undefined) return;
    const { program } = VAULT_SERVERS[server];
    if (known.vaultProgram !== undefined && known.vaultProgram !== program) {
        throw new Failure(
            `strata:vault.server of ${stack} is ${server} now, which does not open the store in ${volume.name}: ${known.vaultProgram} made it. Nothing was touched`,
            `put strata:vault.server back; another server begins with a new volume ("Vault and OpenBao" in docs/vault.md)`,
        );
    }
    const image = serverOf(volume, known)?.image ?? "";
    const looked = await engine.docker([...lookInto(volume.name, "/data", image, "ls"), "/data/seal"]);
    if (looked.code === 0 && isSealedBy(seal.kind, looked.stdout.split("\n"))) return;
    const why =
        looked.code === 0
            ? `which has no key to the store in ${volume.name}`
            : `and nobody can look into ${volume.name}: ${looked.stderr.trim()}`;
    throw new Failure(
        `strata:vault.seal.kind of ${stack} is ${seal.kind} now, ${why}. Nothing was touched`,
        `put strata:vault.seal back, or make the new keys first: "Another seal" in docs/vault.md`,
        undefined,
        [`  what opens the store: ${sealFolder(server)} in the container of Vault`],
    );
}

/**
 * Refuses declared shares and operators that are not the server's. Shares are made when a server is initialised and when operators
 * make new ones, not by a stack file. A server that does not answer is no reason to refuse: the declaration changes nothing in it.
 */
async function refuseOtherShares(
    known: Known,
    { seal, server: name }: Pick<VaultConfig, "seal" | "server">,
    stack: string,
    engine: Pick<Engine, "docker">,
): Promise<void> {
    const server = serverOf({ labels: { [LABEL.service]: VAULT } }, known);
    const { vaultProgram } = known;
    if (seal.kind !== "operators" || server === undefined || vaultProgram === undefined) return;
    const shares = await sharesIn(engine, server.id, vaultProgram);
    if (shares === undefined) return;
    const { threshold, pgpKeys } = seal;
    if (shares.threshold !== threshold || shares.total !== pgpKeys.length) {
        throw new Failure(
            `strata:vault.seal of ${stack} says that ${threshold} of ${pgpKeys.length} operators open Vault, and it opens with ${shares.threshold} of ${shares.total} shares. Nothing was touched`,
            `put strata:vault.seal back, or make the new shares first: "Another seal" in docs/vault.md`,
        );
    }
    const encrypted = await encryptedShares(engine, server.id, name);
    // Another number of shares is not the one that the server counts: nobody wrote the newest shares into the file.
    if (encrypted?.length !== shares.total) return;
    const misfit = compareHolders(encrypted, pgpKeys);
    if (misfit === undefined) return;
    const keys = misfit.others.map((id) => id.toUpperCase()).join(", ");
    throw new Failure(
        `strata:vault.seal.pgpKeys of ${stack} names operators who hold no share of Vault: number ${misfit.without.join(", ")} of the list. Nothing was touched`,
        `put strata:vault.seal.pgpKeys back, or make shares for these operators first: "Another seal" in docs/vault.md`,
        undefined,
        [
            ...(keys === "" ? [] : [`  keys that open a share and are not in the list: ${keys}`]),
            "  the order of the list does not matter: Vault opens with any of its shares",
        ],
    );
}

function isThere(name: string, { volumes }: Pick<EngineView, "volumes">): boolean {
    return volumes.some((volume) => volume.name === name);
}
