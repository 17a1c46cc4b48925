/** Who logs in to which store: what the databases and users of a platform's stores come to, one line for each client. */

import { databaseRole } from "./database-name";
import type { Service } from "./platform";

/** Stores whose URL a service is told the file of. */
export type StoreKind = "postgres" | "redis";

/** A login of one client to one store. */
export interface StoreLogin {
    readonly kind: StoreKind;
    /** The server, by the name of its service. */
    readonly server: string;
    /** Unique among the product's stores of the kind: a database by its role, a Redis server by its name in the product. */
    readonly store: string;
    /** The service that logs in. */
    readonly client: string;
}

/** @param services - of the platform; only stores have any logins */
export function storeLogins(
    services: readonly Pick<Service, "name" | "product" | "databases" | "redisUsers">[],
): StoreLogin[] {
    return services.flatMap(({ name: server, product, databases, redisUsers }) => [
        ...databases.flatMap(({ role, clients }) =>
            clients.map((client): StoreLogin => ({ kind: "postgres", server, store: role, client })),
        ),
        ...redisUsers.map(({ client }): StoreLogin => ({
            kind: "redis",
            server,
            store: server.slice(product.length + 1),
            client,
        })),
    ]);
}

/** How a secret names a store (`SecretDeclaration.store`): databases have their dashes replaced on the server. */
export function isStore({ kind, store }: Pick<StoreLogin, "kind" | "store">, declared: string | undefined): boolean {
    return declared === undefined || (kind === "postgres" ? databaseRole(declared) : declared) === store;
}

/**
 * Settings that tell a client of stores where its URLs are: `POSTGRES_URL_FILE`, or one for each store
 * (`POSTGRES_ORDERS_URL_FILE`) for a client of several of a kind.
 *
 * @param files - paths of the files with the URLs
 */
export function urlSettings(
    files: readonly (Pick<StoreLogin, "kind" | "store"> & { readonly file: string })[],
): Record<string, string> {
    return Object.fromEntries(
        files.map(({ kind, store, file }) => {
            const alone = files.filter((other) => other.kind === kind).length === 1;
            const name = alone ? kind : `${kind}_${store.replaceAll("-", "_")}`;
            return [`${name.toUpperCase()}_URL_FILE`, file];
        }),
    );
}
