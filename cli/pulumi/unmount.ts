/** Takes a product's secret engines out of Vault, before an update takes Vault out of the product's networks. */

import { ExitCode, Failure } from "../failure";
import { administratorLogins } from "./logins";
import type { Pulumi } from "./pulumi";
import { askVault, enterVault, type VaultAnswer } from "./vault-api";

/** Milliseconds: Vault ends the leases of a mount before it answers. */
const PATIENCE = 120_000;

/**
 * Removes mounts with everything below them. Vault ends their leases at the databases first; where a database is gone already, it
 * forgets the leases.
 *
 * @param paths - of the mounts; a mount that is not there is not an error
 * @throws Failure when Vault does not let the program in, or keeps a mount
 */
export async function unmount(pulumi: Pulumi, paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    const { vault } = await administratorLogins(pulumi);
    const entered = vault && (await enterVault(vault));
    if (vault === undefined || entered?.token === undefined) throw refused("Vault does not let the program in", "");
    const { token } = entered;
    for (const path of paths) {
        let answer = await askVault(vault, "DELETE", `sys/mounts/${path}`, { token, patience: PATIENCE });
        if (!answer.isDone && !isGone(answer)) {
            await askVault(vault, "PUT", `sys/leases/revoke-force/${path}`, { token, patience: PATIENCE });
            answer = await askVault(vault, "DELETE", `sys/mounts/${path}`, { token, patience: PATIENCE });
        }
        if (!answer.isDone && !isGone(answer)) throw refused(`Vault keeps ${path}`, answer.text);
    }
}

function isGone({ text }: VaultAnswer): boolean {
    return text.includes("no matching mount");
}

function refused(what: string, why: string): Failure {
    return new Failure(what, "see that Vault runs and is open, then run it again", ExitCode.broken, [`  ${why}`]);
}
