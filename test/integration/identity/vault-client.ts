/** Vault's API: as the program asks it, as services ask it from where they are, and as people do who write a value. */

import { SERVICES_LOGIN } from "../../../model/secrets/access";
import { askVault, askVaultFrom, type VaultAnswer, type VaultQuestion } from "../../support/vault-client";
import { logins, MINUTE, of, placeOf, stack } from "./live";

/** The program's own session. */
let operator: { readonly token: string; readonly until: number; readonly of: typeof logins } | undefined;

/** Asks through the edge's loopback management port. */
export async function ask(question: VaultQuestion): Promise<VaultAnswer> {
    return askVault(stack.ports.vault, question);
}

/** Asks from where a service's login is good. */
export async function askAs(service: string, questions: readonly VaultQuestion[]): Promise<VaultAnswer[]> {
    return askVaultFrom(placeOf(service), of("vault"), questions);
}

/** Asks as the program itself. */
export async function asProvisioner(method: string, path: string, body?: object): Promise<VaultAnswer> {
    if (operator === undefined || operator.until < Date.now() || operator.of !== logins) {
        const { roleId, secretId } = logins.vault;
        const login = { role_id: roleId, secret_id: secretId };
        const token = tokenIn(await ask({ method: "POST", path: "auth/approle/login", body: login }));
        operator = { token, until: Date.now() + 10 * MINUTE, of: logins };
    }
    return ask({ method, path, token: operator.token, ...(body && { body }) });
}

/** Like {@link asProvisioner}; what is refused fails the test. */
export async function change(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const { status, body: answer } = await asProvisioner(method, path, body);
    expect(`${method} ${path}: ${status < 300 ? "done" : `${status} ${JSON.stringify(answer)}`}`).toBe(
        `${method} ${path}: done`,
    );
    return (answer["data"] ?? answer) as Record<string, unknown>;
}

/** Token that a login was answered with. */
export function tokenIn({ status, body }: VaultAnswer): string {
    expect([status, body["errors"]]).toEqual([200, undefined]);
    return (body["auth"] as { client_token: string }).client_token;
}

/** What a `kv` path holds. */
export function dataIn<T = { value?: string }>(answer: VaultAnswer | undefined): T | undefined {
    return (answer?.body["data"] as { data: T } | undefined)?.data;
}

/** A login of a service. */
export function login(service: string, secretId: string): VaultQuestion {
    const body = { role_id: service, secret_id: secretId };
    return { method: "POST", path: `auth/${SERVICES_LOGIN}/login`, body };
}

/** A secret-id of the test's own, beside the one in use. */
export async function secretIdOf(service: string): Promise<string> {
    return (await change("POST", `auth/${SERVICES_LOGIN}/role/${service}/secret-id`))["secret_id"] as string;
}

/** Logs a service in from where it is. */
export async function tokenFor(service: string): Promise<string> {
    const [answer] = await askAs(service, [login(service, await secretIdOf(service))]);
    return tokenIn(answer!);
}

/** Writes a value that is not the program's: as somebody with a login for it, who is gone afterwards. */
export async function writeAsPerson(path: string, data: object): Promise<void> {
    await change("PUT", "sys/policies/acl/writer", {
        policy: `path "${path}" { capabilities = ["create", "update", "read"] }`,
    });
    await change("POST", "auth/userpass/users/writer", { password: "writer", token_policies: "writer" });
    const entered = { method: "POST", path: "auth/userpass/login/writer", body: { password: "writer" } };
    const token = tokenIn(await ask(entered));
    const written = await ask({ method: "POST", path, token, body: { data } });
    expect(written.status).toBe(200);
    await change("DELETE", "auth/userpass/users/writer");
    await change("DELETE", "sys/policies/acl/writer");
}
