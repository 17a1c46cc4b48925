/** Whether the servers of an environment let the program in. */

import { Failure } from "../failure";
import type { Pulumi } from "./pulumi";

/** Outputs of a stack, as far as they say how to log in; `outputs.ts` declares them. */
export interface LoginOutputs {
    readonly vaultAddress?: string;
    readonly vaultProvisioner?: { readonly roleId: string; readonly secretId: string };
    readonly identity?: {
        readonly realm: string;
        readonly issuer: string;
        readonly adminUrl: string;
        readonly provisioner: { readonly clientId: string; readonly clientSecret: string };
    };
}

/** Milliseconds until a server counts as silent. */
const PATIENCE = 10_000;

/**
 * Logs in where the providers would. Asked before something inside a server is changed or looked at, because a provider that
 * is refused says so once for each resource, after others were changed already.
 *
 * @returns why the program is not let in, with the way back; nothing when it is, or when a server does not answer, of which the
 *   run itself says more
 */
export async function lockedOut(pulumi: Pulumi): Promise<Failure | undefined> {
    const outputs = await loginOutputs(pulumi);
    if (outputs === undefined) return undefined;
    const [vault, keycloak] = await Promise.all([vaultRefuses(outputs), keycloakRefuses(outputs)]);
    return vault ?? keycloak;
}

/** How the program logs in to the servers of a stack; nothing when its outputs cannot be read. */
export async function loginOutputs(pulumi: Pulumi): Promise<LoginOutputs | undefined> {
    const asked = await pulumi.ask(["stack", "output", "--json", "--show-secrets", "--stack", pulumi.stack.name]);
    return asked.code === 0 ? (JSON.parse(asked.stdout) as LoginOutputs) : undefined;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle */
export async function vaultRefuses({ vaultAddress, vaultProvisioner }: LoginOutputs): Promise<Failure | undefined> {
    if (vaultAddress === undefined || vaultProvisioner === undefined) return undefined;
    const { roleId, secretId } = vaultProvisioner;
    const body = JSON.stringify({ role_id: roleId, secret_id: secretId });
    const status = await post(`${vaultAddress}/v1/auth/approle/login`, body, "application/json");
    if (status === 503) {
        return new Failure(
            `Vault at ${vaultAddress} is sealed`,
            `open it: "Opening Vault as operators" in docs/vault.md`,
        );
    }
    if (status !== 400 && status !== 403) return undefined;
    return new Failure(
        `Vault at ${vaultAddress} does not let the program in: ${status} for the AppRole ${roleId}`,
        `give it its login back: "Locked out" in docs/vault.md`,
    );
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4 */
export async function keycloakRefuses({ identity }: LoginOutputs): Promise<Failure | undefined> {
    if (identity === undefined) return undefined;
    const { adminUrl, provisioner } = identity;
    const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: provisioner.clientId,
        client_secret: provisioner.clientSecret,
    });
    const status = await post(
        `${adminUrl}/realms/master/protocol/openid-connect/token`,
        form.toString(),
        "application/x-www-form-urlencoded",
    );
    if (status !== 400 && status !== 401) return undefined;
    return new Failure(
        `Keycloak at ${adminUrl} does not let the program in: ${status} for the client ${provisioner.clientId}`,
        `give it its login back: "Locked out" in docs/keycloak.md`,
    );
}

/** @returns the status, or nothing when there is no answer */
async function post(url: string, body: string, type: string): Promise<number | undefined> {
    try {
        const init = { method: "POST", body, headers: { "Content-Type": type }, signal: AbortSignal.timeout(PATIENCE) };
        return (await fetch(url, init)).status;
    } catch {
        return undefined;
    }
}
