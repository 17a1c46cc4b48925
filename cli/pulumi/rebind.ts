/** The program's login at Vault is bound to a zone. When the zone moves, the login has to be bound to the new one first. */

import type { Platform } from "../../model/platform";
import { entranceOf } from "../../model/secrets/entrance";
import type { Progress } from "../output/progress";
import { administratorLogins } from "./logins";
import type { Pulumi } from "./pulumi";

/** Milliseconds until Vault counts as silent. */
const PATIENCE = 10_000;
const ROLE = "auth/approle/role/provisioner";

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
    const { address, roleId, secretId } = vault;
    const entered = await put(`${address}/v1/auth/approle/login`, { role_id: roleId, secret_id: secretId });
    const token = (entered as { auth?: { client_token?: string } } | undefined)?.auth?.client_token;
    if (token === undefined) return;
    const both = [...new Set([...bound, ...declared, "127.0.0.1/32"])];
    await put(`${address}/v1/${ROLE}`, { token_bound_cidrs: both, secret_id_bound_cidrs: both }, token);
    progress.line("·", `the program's login at Vault is good from ${declared.join(", ")} too`);
}

/** @returns the answer; nothing when Vault does not answer or refuses, of which the run itself says more */
async function put(url: string, body: object, token?: string): Promise<unknown> {
    try {
        const answer = await fetch(url, {
            method: "PUT",
            body: JSON.stringify(body),
            headers: { "Content-Type": "application/json", ...(token !== undefined && { "X-Vault-Token": token }) },
            signal: AbortSignal.timeout(PATIENCE),
        });
        return answer.ok && answer.status !== 204 ? await answer.json() : undefined;
    } catch {
        return undefined;
    }
}
