/** The program's administrator logins, and whether the servers of an environment accept them. */

import { PROVISIONER_CLIENT } from "../../model/identity/realm";
import { PROVISIONER } from "../../model/vault-names";
import { Failure } from "../failure";
import { refuseWrongPassphrase } from "../stacks/passphrase";
import type { Pulumi } from "./pulumi";
import { enterVault } from "./vault-api";
import { HOW_TO_OPEN } from "./operators";

/**
 * How the program logs in as an administrator. These logins are in no output of the stack: they are read from the encrypted
 * state, which takes the stack's passphrase or secrets provider.
 */
export interface AdministratorLogins {
    readonly vault?: { readonly address: string; readonly roleId: string; readonly secretId: string };
    readonly keycloak?: {
        readonly url: string;
        readonly realm: string;
        readonly clientId: string;
        readonly clientSecret: string;
    };
}

/** Milliseconds until Keycloak counts as silent. */
const PATIENCE = 10_000;

/**
 * Tries the providers' logins before something inside a server is changed or looked at. A provider whose login is refused would
 * say so once for each resource, after other resources were changed already.
 *
 * @returns why the program is not let in, with the way back; nothing when it is let in, or when a server does not answer: then the
 *   run itself says more
 */
export async function lockedOut(pulumi: Pulumi): Promise<Failure | undefined> {
    const logins = await administratorLogins(pulumi);
    const [vault, keycloak] = await Promise.all([vaultRefuses(logins), keycloakRefuses(logins)]);
    return vault ?? keycloak;
}

/**
 * The logins of a stack; none of them before its first `up`, and when no passphrase is given.
 *
 * @throws Failure when the given passphrase does not open the state
 */
export async function administratorLogins(pulumi: Pulumi): Promise<AdministratorLogins> {
    const asked = await pulumi.ask(["stack", "export", "--show-secrets", "--stack", pulumi.stack.name]);
    refuseWrongPassphrase(pulumi.stack.name, asked.stderr);
    return asked.code === 0 ? readLogins(JSON.parse(asked.stdout)) : {};
}

/** {@link administratorLogins} for several readers. The state is decrypted when the first of them asks, and only once. */
export function loginsOnce(pulumi: Pulumi): () => Promise<AdministratorLogins> {
    let read: Promise<AdministratorLogins> | undefined;
    return () => (read ??= administratorLogins(pulumi));
}

interface Shown {
    deployment?: {
        resources?: { urn: string; type: string; outputs?: Record<string, unknown> }[] | null;
    } | null;
}

/** Reads the logins from a state. @param exported - what `pulumi stack export --show-secrets` printed */
export function readLogins(exported: unknown): AdministratorLogins {
    const resources = ((exported ?? {}) as Shown).deployment?.resources ?? [];
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    const password = (name: string): unknown =>
        shown(
            resources.find(({ urn }) => urn.endsWith(`random:index/randomPassword:RandomPassword::${name}`))?.outputs?.[
                "result"
            ],
        );
    const [secretId, clientSecret] = [password("vault-provisioner"), password("keycloak-provisioner")];
    const address = outputs["vaultAddress"];
    const { adminUrl: url, realm } = (outputs["identity"] ?? {}) as { adminUrl?: unknown; realm?: unknown };
    return {
        ...(typeof address === "string" &&
            typeof secretId === "string" && { vault: { address, roleId: PROVISIONER, secretId } }),
        ...(typeof url === "string" &&
            typeof realm === "string" &&
            typeof clientSecret === "string" && {
                keycloak: { url, realm, clientId: PROVISIONER_CLIENT, clientSecret },
            }),
    };
}

/** A value of an exported state; a secret is JSON in a wrapping. */
function shown(value: unknown): unknown {
    const { plaintext } = (value ?? {}) as { plaintext?: unknown };
    return typeof plaintext === "string" ? (JSON.parse(plaintext) as unknown) : value;
}

/** Why Vault does not let the program in; nothing when it does, or when it does not answer. */
export async function vaultRefuses({ vault }: AdministratorLogins): Promise<Failure | undefined> {
    if (vault === undefined) return undefined;
    const { address, roleId } = vault;
    const { status } = await enterVault(vault);
    if (status === 503) {
        return new Failure(`Vault at ${address} is sealed`, `open it: ${HOW_TO_OPEN}`);
    }
    if (status !== 400 && status !== 403) return undefined;
    return new Failure(
        `Vault at ${address} does not let the program in: ${status} for the AppRole ${roleId}`,
        `give it its login back: "Locked out" in docs/vault.md`,
    );
}

/**
 * Why Keycloak does not let the program in; nothing when it does, or when it does not answer.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4
 */
export async function keycloakRefuses({ keycloak }: AdministratorLogins): Promise<Failure | undefined> {
    if (keycloak === undefined) return undefined;
    const { url, clientId, clientSecret } = keycloak;
    const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
    });
    const status = await statusOf(`${url}/realms/master/protocol/openid-connect/token`, form);
    if (status !== 400 && status !== 401) return undefined;
    return new Failure(
        `Keycloak at ${url} does not let the program in: ${status} for the client ${clientId}`,
        `give it its login back: "Locked out" in docs/keycloak.md`,
    );
}

/** Status of the answer to a posted form; `undefined` without an answer. */
async function statusOf(url: string, form: URLSearchParams): Promise<number | undefined> {
    try {
        return (await fetch(url, { method: "POST", body: form, signal: AbortSignal.timeout(PATIENCE) })).status;
    } catch {
        return undefined;
    }
}
