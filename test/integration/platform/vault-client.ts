/** Vault's API as programs on the engine's machine reach it: through the edge's loopback management port. */

import { ask } from "../../support/http";
import { stack } from "./live";

/** Status and parsed body. */
export interface VaultAnswer<T> {
    readonly status: number;
    readonly body: T;
}

/** Asks for `/v1/<path>`. Refusals are answers. */
export async function vaultApi<T>(
    path: string,
    token?: string,
    method = "GET",
    body?: object,
): Promise<VaultAnswer<T>> {
    const answer = await ask({
        host: "localhost",
        port: stack.ports.vault,
        path: `/v1/${path}`,
        method,
        ...(body && { body: JSON.stringify(body) }),
        ...(token !== undefined && { headers: { "X-Vault-Token": token } }),
    });
    return { status: answer.status, body: (answer.body === "" ? {} : JSON.parse(answer.body)) as T };
}

/** Logs in as the program does. */
export async function vaultLogin(secretId: string): Promise<VaultAnswer<{ auth?: { client_token: string } }>> {
    return vaultApi("auth/approle/login", undefined, "POST", { role_id: "provisioner", secret_id: secretId });
}

/** A token of the program's own identity. */
export async function vaultToken(): Promise<string> {
    const { vault } = await stack.logins();
    const { status, body } = await vaultLogin(vault!.secretId);
    expect(status).toBe(200);
    return body.auth?.client_token ?? "";
}

/** Whether it is initialised and open. */
export async function vaultHealth(): Promise<{ initialized: boolean; sealed: boolean }> {
    return (await vaultApi<{ initialized: boolean; sealed: boolean }>("sys/health")).body;
}
