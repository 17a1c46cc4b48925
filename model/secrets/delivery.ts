/** What an agent puts into an application's secrets directory: one file for each secret that can be a file. */

import { databaseRole } from "../database-name";
import type { Service } from "../platform";
import { isStore, type StoreKind, type StoreLogin, storeLogins } from "../store-logins";
import { grantsOf } from "./access";
import { mountOf, type ResolvedSecret } from "./secret";

/** Where a service finds the files that its agent renders. In memory, read-only for the service. */
export const RENDERED_SECRETS = "/run/secrets";

/** The file with the service's own login token, for those that ask Vault themselves. Replaced once a day. */
export const TOKEN_FILE = "vault-token";

/** Names of files that no secret of a product may have. */
export const RESERVED_FILES: readonly string[] = ["postgres", "redis", TOKEN_FILE];

/** One file. */
export interface Delivery {
    /** Name below {@link RENDERED_SECRETS}. */
    readonly file: string;
    /** Path of Vault's API that it is read from. */
    readonly path: string;
    /**
     * `login`: URL with a leased database login. `url`, `value`: the field of that name of a value that the program wrote.
     * `written`: a value that somebody else writes, so it may be missing. `certificate`: key, certificate and authorities.
     */
    readonly from: "login" | "url" | "value" | "written" | "certificate";
    /** Name of the secret. */
    readonly secret: string;
    /** The store that the file is the way into. @default - none */
    readonly login?: Pick<StoreLogin, "kind" | "store">;
    /** Only for `login`: host and database. */
    readonly database?: { readonly server: string; readonly name: string };
}

/** The application's files, in the order of the secrets matrix. */
export function deliveriesOf(
    secrets: readonly ResolvedSecret[],
    services: readonly Service[],
    application: Pick<Service, "name" | "product">,
): Delivery[] {
    const readable = secrets.filter(
        ({ readers, engine }) => readers.includes(application.name) && engine !== "transit",
    );
    const logins = storeLogins(services).filter(({ client }) => client === application.name);
    const found = readable.map((secret) => ({ secret, login: loginOf(secret, logins) }));
    const isLeased = (login: Delivery["login"]): boolean =>
        found.some(
            (other) =>
                other.secret.engine === "database" && login?.kind === "postgres" && other.login?.store === login.store,
        );
    // Where there is a leased login to a database, the one that never changes stays in Vault.
    const delivered = found.filter(({ secret, login }) => secret.engine === "database" || !isLeased(login));
    const alone = (kind: StoreKind): boolean => delivered.filter(({ login }) => login?.kind === kind).length === 1;
    return delivered.map(({ secret, login }): Delivery => {
        const [grant] = grantsOf(secret);
        const name = fileOf(secret, application.product);
        return {
            file: login === undefined ? name : alone(login.kind) ? login.kind : `${login.kind}-${name}`,
            path: grant?.path ?? mountOf(secret),
            from: kindOf(secret),
            secret: secret.name,
            ...(login && { login }),
            ...(secret.engine === "database" && { database: databaseOf(secret, services) }),
        };
    });
}

/** Whether an application has something to ask Vault for that cannot be a file: encryption. */
export function asksVault(secrets: readonly ResolvedSecret[], application: string): boolean {
    return secrets.some(({ engine, readers }) => engine === "transit" && readers.includes(application));
}

/**
 * @param logins - of the application
 * @returns undefined for what opens no store
 */
function loginOf(
    { engine, source, path, store }: ResolvedSecret,
    logins: readonly StoreLogin[],
): Pick<StoreLogin, "kind" | "store"> | undefined {
    if (engine === "database") {
        return { kind: "postgres", store: databaseRole(path) };
    }
    if (source !== "postgres" && source !== "redis") {
        return undefined;
    }
    // The check of the secrets reports a reader without a login, and one with several.
    const found = logins.find((login) => login.kind === source && isStore(login, store));
    return { kind: source, store: found?.store ?? "" };
}

function kindOf({ engine, source }: ResolvedSecret): Delivery["from"] {
    if (engine === "database") {
        return "login";
    }
    if (engine === "pki") {
        return "certificate";
    }
    return source === "generated" || source === "client" ? "value" : source === "written" ? "written" : "url";
}

/** The secret's name; with its owner in front when that is somebody else. No name has a dot, so none is taken twice. */
function fileOf({ name, owner }: ResolvedSecret, product: string): string {
    const [, own = name] = name.split("/");
    return owner === product ? own : `${owner}.${own}`;
}

function databaseOf({ owner, path }: ResolvedSecret, services: readonly Service[]): { server: string; name: string } {
    for (const { name: server, product, databases } of services) {
        const found = product === owner && databases.find(({ role }) => role === databaseRole(path));
        if (found) {
            return { server, name: found.name };
        }
    }
    // The check of the secrets reports a database that does not exist.
    return { server: "", name: "" };
}
