/** Whether Vault is sealed, asked in its own container. */

import { sealCommand, sealFolder, VAULT, VAULT_INSIDE } from "../../components/foundation/vault/kind";
import type { RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";
import type { VaultServerName } from "../../model/stack-config";

/** The container of Vault among others. */
export function vaultIn<T extends Pick<RunningContainer, "service" | "oneShot">>(
    containers: readonly T[],
): T | undefined {
    return containers.find(({ service, oneShot }) => service === VAULT && !oneShot);
}

/**
 * Asks the server whether it is sealed.
 *
 * @param program - of the server; see `components/foundation/vault/servers.ts`
 * @returns `undefined` without a Vault; `unknown` when it does not answer
 */
export async function vaultSeal(
    engine: Pick<Engine, "docker">,
    containers: readonly Pick<RunningContainer, "id" | "service" | "oneShot">[],
    program: string | undefined,
): Promise<string | undefined> {
    const vault = vaultIn(containers);
    if (!vault) return undefined;
    if (program === undefined) return "unknown";
    const asked = await engine.docker(["exec", vault.id, program, "status", `-address=${VAULT_INSIDE}`], 10_000);
    // Exit codes of `vault status`: 0 unsealed, 2 sealed or not initialised, anything else could not tell.
    return asked.code === 0 ? "unsealed" : asked.code === 2 ? "sealed" : "unknown";
}

/** Shares of the key that opens a server. */
export interface Shares {
    readonly threshold: number;
    readonly total: number;
}

/**
 * Asks the server for the shares of its key.
 *
 * @param program - of the server
 * @returns undefined when it does not answer, or is not initialised
 */
export async function sharesIn(
    engine: Pick<Engine, "docker">,
    container: string,
    program: string,
): Promise<Shares | undefined> {
    const { stdout } = await engine.docker(["exec", container, ...sealCommand(program)], 10_000);
    try {
        const { t, n } = JSON.parse(stdout) as { t?: unknown; n?: unknown };
        return typeof t === "number" && typeof n === "number" && n > 0 ? { threshold: t, total: n } : undefined;
    } catch {
        return undefined;
    }
}

/** The server's own answer, in which operators find their shares. A first start and new shares call them differently. */
interface SharesFile {
    readonly unseal_keys_b64?: unknown;
    readonly keys_base64?: unknown;
}

/**
 * Reads the shares that a server keeps for its operators, each encrypted to one of them.
 *
 * @returns in base64; undefined when there are none, or nobody can read them
 */
export async function encryptedShares(
    engine: Pick<Engine, "docker">,
    container: string,
    server: VaultServerName,
): Promise<string[] | undefined> {
    const { stdout } = await engine.docker(["exec", container, "cat", `${sealFolder(server)}/init.json`], 10_000);
    try {
        const { unseal_keys_b64: first, keys_base64: renewed } = JSON.parse(stdout) as SharesFile;
        const shares: unknown = first ?? renewed;
        return Array.isArray(shares) ? shares.filter((share) => typeof share === "string") : undefined;
    } catch {
        return undefined;
    }
}
