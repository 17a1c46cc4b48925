/** The program's login at Vault is bound to a zone. When the zone moves, the login has to be bound to the new one first. */

import type { Platform } from "../../model/platform";
import { entranceOf } from "../../model/secrets/entrance";
import { PROVISIONER, PROVISIONER_LOGIN } from "../../model/vault-names";
import type { Progress } from "../output/progress";
import { administratorLogins } from "./logins";
import type { Pulumi } from "./pulumi";
import { askVault, enterVault } from "./vault-api";

/**
 * Lets the program in from the zone that is declared too, when it is not the one that the state's role is bound to. The update
 * that follows moves the zone, and binds the role to the new one alone.
 *
 * @param bound - subnets in which the edge met Vault when the state was written; none before the first update
 */
export async function rebind(
    pulumi: Pulumi,
    platform: Platform,
    bound: readonly string[],
    progress: Progress,
): Promise<void> {
    const declared = entranceOf(platform);
    if (bound.length === 0 || declared.every((subnet) => bound.includes(subnet))) return;
    const { vault } = await administratorLogins(pulumi);
    if (vault === undefined) return;
    // What Vault refuses here, the run itself says more about.
    const { token } = await enterVault(vault);
    if (token === undefined) return;
    const both = [...new Set([...bound, ...declared, "127.0.0.1/32"])];
    const body = { token_bound_cidrs: both, secret_id_bound_cidrs: both };
    await askVault(vault, "PUT", `auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}`, { token, body });
    progress.line("·", `the program's login at Vault is good from ${declared.join(", ")} too`);
}
