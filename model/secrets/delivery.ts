/** What an agent puts into an application's secrets directory: one file for each secret that can be a file. */

import { databaseRole } from "../database-name";
import type { Service } from "../platform";
import { grantsOf } from "./access";
import { mountOf, type ResolvedSecret } from "./secret";

/** Where a service finds the files that its agent renders. In memory, read-only for the service. */
export const RENDERED_SECRETS = "/run/secrets";

/** The file with the service's own login token, for those that ask Vault themselves. Replaced once a day. */
export const TOKEN_FILE = "vault-token";

/** Names of files that no secret of a product may have. */
export const RESERVED_FILES: readonly string[] = ["postgres", "redis", TOKEN_FILE];

/** Stores whose URL a service is told the file of. */
export type StoreKind = "postgres" | "redis";

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
    /** The store that the file is the way into. @default - none */
    readonly store?: StoreKind;
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
    const leases = readable.some(({ engine }) => engine === "database");
    // Where there is a leased login, the one that never changes stays in Vault.
    const delivered = readable.filter(({ source }) => !(leases && source === "postgres"));
    const alone = (store: StoreKind): boolean => delivered.filter((secret) => storeOf(secret) === store).length === 1;
    return delivered.map((secret): Delivery => {
        const [grant] = grantsOf(secret);
        const store = storeOf(secret);
        const name = fileOf(secret, application.product);
        return {
            file: store === undefined ? name : alone(store) ? store : `${store}-${name}`,
            path: grant?.path ?? mountOf(secret),
            from: kindOf(secret),
            ...(store && { store }),
            ...(secret.engine === "database" && { database: databaseOf(secret, services) }),
        };
    });
}

/** Whether an application has something to ask Vault for that cannot be a file: encryption. */
export function asksVault(secrets: readonly ResolvedSecret[], application: string): boolean {
    return secrets.some(({ engine, readers }) => engine === "transit" && readers.includes(application));
}

function storeOf({ engine, source }: ResolvedSecret): StoreKind | undefined {
    if (engine === "database") {
        return "postgres";
    }
    return source === "postgres" || source === "redis" ? source : undefined;
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
