/** Takes a product's secret engines out of Vault, before an update takes Vault out of the product's networks. */

import { ExitCode, Failure } from "../failure";
import { administratorLogins } from "./logins";
import type { Pulumi } from "./pulumi";

/** Milliseconds: Vault ends the leases of a mount before it answers. */
const PATIENCE = 120_000;

/**
 * Removes mounts with everything below them. Vault ends their leases at the databases first; where a database is gone already, it
 * forgets the leases.
 *
 * @param paths - of the mounts; one that is not there is no error
 * @throws Failure when Vault does not let the program in, or keeps a mount
 */
export async function unmount(pulumi: Pulumi, paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    const { vault } = await administratorLogins(pulumi);
    const call = async (method: string, path: string, body?: object, token?: string): Promise<Answer> => {
        try {
            const answer = await fetch(`${vault?.address}/v1/${path}`, {
                method,
                ...(body && { body: JSON.stringify(body) }),
                headers: { "Content-Type": "application/json", ...(token !== undefined && { "X-Vault-Token": token }) },
                signal: AbortSignal.timeout(PATIENCE),
            });
            return { isDone: answer.ok, text: await answer.text() };
        } catch (error) {
            return { isDone: false, text: String(error) };
        }
    };
    const login = { role_id: vault?.roleId, secret_id: vault?.secretId };
    const entered = await call("PUT", "auth/approle/login", login);
    if (!entered.isDone) throw refused("Vault does not let the program in", "");
    const { client_token: token } = (JSON.parse(entered.text) as { auth: { client_token: string } }).auth;
    for (const path of paths) {
        let answer = await call("DELETE", `sys/mounts/${path}`, undefined, token);
        if (!answer.isDone && !isGone(answer)) {
            await call("PUT", `sys/leases/revoke-force/${path}`, undefined, token);
            answer = await call("DELETE", `sys/mounts/${path}`, undefined, token);
        }
        if (!answer.isDone && !isGone(answer)) throw refused(`Vault keeps ${path}`, answer.text);
    }
}

interface Answer {
    readonly isDone: boolean;
    readonly text: string;
}

function isGone({ text }: Answer): boolean {
    return text.includes("no matching mount");
}

function refused(what: string, why: string): Failure {
    return new Failure(what, "see that Vault runs and is open, then run it again", ExitCode.broken, [`  ${why}`]);
}
