/** Deletes a person where a law asks for it: in Keycloak, and what Vault remembers of the person's logins. */

import { PEOPLE_LOGIN } from "../../model/vault-names";
import { ExitCode, Failure } from "../failure";
import { askVault, enterVault, type VaultAnswer, type VaultLogin } from "../pulumi/vault-api";
import type { KeycloakAdmin } from "./keycloak-admin";

/** The person who is deleted. */
interface Person {
    /** Keycloak's id of the person, by which Vault knows the person too. */
    readonly id: string;
}

/**
 * Deletes a person in Vault, then in Keycloak: while Keycloak has the account, a run that was cut off can be repeated.
 *
 * @param vault - login to Vault, in a stack whose people log in to Vault
 * @throws Refused when Keycloak keeps the account
 * @throws Failure when Vault does not answer or keeps what it knows: the account is there still
 */
export async function forgetPerson(
    keycloak: KeycloakAdmin,
    { id }: Person,
    vault: VaultLogin | undefined,
): Promise<void> {
    if (vault !== undefined) await forgetInVault(vault, id);
    await keycloak.ask("DELETE", `/users/${id}`);
}

/**
 * Deletes the person's entity in Vault, which has the username. The tokens of the person's logins end with it.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/identity/lookup#lookup-an-entity
 */
async function forgetInVault(vault: VaultLogin, id: string): Promise<void> {
    const { token, ...entered } = await enterVault(vault);
    if (token === undefined) throw kept("does not let the program in", entered);
    const login = await askVault(vault, "GET", `sys/auth/${PEOPLE_LOGIN}`, { token });
    if (!login.isDone) throw kept("does not show the people's login", login);
    const body = { alias_name: id, alias_mount_accessor: fieldOf(login, "accessor") };
    const found = await askVault(vault, "PUT", "identity/lookup/entity", { token, body });
    // Vault answers 204 for a person who never logged in there.
    if (found.status === 204) return;
    const entity = fieldOf(found, "id");
    if (entity === undefined) throw kept("does not show what it knows", found);
    const gone = await askVault(vault, "DELETE", `identity/entity/id/${entity}`, { token });
    if (!gone.isDone) throw kept("keeps what it knows", gone);
}

function fieldOf({ text }: VaultAnswer, name: string): string | undefined {
    try {
        const { data } = JSON.parse(text) as { data?: Readonly<Record<string, unknown>> };
        const value = data?.[name];
        return typeof value === "string" ? value : undefined;
    } catch {
        return undefined;
    }
}

function kept(what: string, { status, text }: VaultAnswer): Failure {
    return new Failure(
        `Vault ${what}: ${status ?? "no answer"}; nothing was deleted`,
        "see that Vault runs and is open, then run it again",
        ExitCode.unknown,
        [`  ${text.trim()}`],
    );
}
