/** The program's login at Vault is bound to a zone. When the zone moves, the login has to be bound to the new one first. */

import type { Platform } from "../../model/platform";
import { entranceOf } from "../../components/identity/vault-configuration/entrance";
import { PROVISIONER, PROVISIONER_LOGIN } from "../../model/vault-names";
import type { Deed } from "./deeds";
import { administratorLogins } from "./logins";
import type { Pulumi } from "./pulumi";
import { askVault, enterVault } from "./vault-api";

/**
 * Binds the program's login to the declared zone, too, when the state's role is bound to another zone. The update that follows
 * moves the zone, and binds the role to the new zone alone.
 *
 * @param bound - subnets in which the edge met Vault when the state was written; none before the first update
 * @returns nothing when the zone stays
 */
export function rebind(platform: Platform, bound: readonly string[]): Deed[] {
    const declared = entranceOf(platform);
    if (bound.length === 0 || declared.every((subnet) => bound.includes(subnet))) return [];
    return [
        {
            says: [`the program's login at Vault becomes valid from ${declared.join(", ")} too`],
            elsewhere: ({ pulumi }) => widen(pulumi, [...new Set([...bound, ...declared, "127.0.0.1/32"])]),
        },
    ];
}

async function widen(pulumi: Pulumi, subnets: readonly string[]): Promise<void> {
    const { vault } = await administratorLogins(pulumi);
    if (vault === undefined) return;
    // The run itself says more about a refusal by Vault.
    const { token } = await enterVault(vault);
    if (token === undefined) return;
    const body = { token_bound_cidrs: subnets, secret_id_bound_cidrs: subnets };
    await askVault(vault, "PUT", `auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}`, { token, body });
}
