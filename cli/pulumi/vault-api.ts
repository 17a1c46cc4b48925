/** Vault's API, which the command line asks outside of an update. */

import { PROVISIONER_LOGIN } from "../../model/vault-names";
import type { AdministratorLogins } from "./logins";

/** Where Vault is, and how the program logs in there. */
export type VaultLogin = NonNullable<AdministratorLogins["vault"]>;

/** What Vault answered. */
export interface VaultAnswer {
    /** Missing when there was no answer. */
    readonly status?: number;
    readonly isDone: boolean;
    /** The body; without an answer, the reason. */
    readonly text: string;
}

/** What a request has besides its path. */
export interface VaultRequest {
    readonly token?: string;
    readonly body?: object;
    /** Milliseconds until Vault counts as silent. @default 10 seconds */
    readonly patience?: number;
}

/** Asks once. Never throws: the caller knows what a refusal or a silence means. */
export async function askVault(
    { address }: Pick<VaultLogin, "address">,
    method: "GET" | "PUT" | "DELETE",
    path: string,
    { token, body, patience = 10_000 }: VaultRequest = {},
): Promise<VaultAnswer> {
    try {
        const answer = await fetch(`${address}/v1/${path}`, {
            method,
            ...(body && { body: JSON.stringify(body) }),
            headers: { "Content-Type": "application/json", ...(token !== undefined && { "X-Vault-Token": token }) },
            signal: AbortSignal.timeout(patience),
        });
        return { status: answer.status, isDone: answer.ok, text: await answer.text() };
    } catch (error) {
        return { isDone: false, text: String(error) };
    }
}

/**
 * Logs the program in.
 *
 * @returns the answer, with a token when Vault lets the program in
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle
 */
export async function enterVault(login: VaultLogin): Promise<VaultAnswer & { readonly token?: string }> {
    const body = { role_id: login.roleId, secret_id: login.secretId };
    const answer = await askVault(login, "PUT", `auth/${PROVISIONER_LOGIN}/login`, { body });
    const token = answer.isDone ? tokenIn(answer.text) : undefined;
    return { ...answer, ...(token !== undefined && { token }) };
}

function tokenIn(text: string): string | undefined {
    try {
        return (JSON.parse(text) as { auth?: { client_token?: string } }).auth?.client_token;
    } catch {
        return undefined;
    }
}
