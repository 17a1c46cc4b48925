/** Logins to stores: one for each client of a database, or of another part of a store. */

import { areOfOneKind, kindOf, type StoreKindName } from "../components/kinds";
import type { Service } from "./platform";

/** A login of one client to one store, without its password. */
export interface Login {
    readonly kind: StoreKindName;
    /** The server, by the name of its service, which is also its host. */
    readonly server: string;
    readonly port: number;
    /**
     * Unique among the product's stores of the kind. A database goes by its role, a Redis server by its name in the
     * product.
     */
    readonly store: string;
    /** Name of the database in the connection URL. Empty for a store without databases. */
    readonly database: string;
    readonly user: string;
    /** The service that logs in. */
    readonly client: string;
    /** Environment variables of the client besides the one with its file. Never secret. @default none */
    readonly settings?: Readonly<Record<string, string>>;
}

/** Identifies one of a client's stores. */
export type StoreOfClient = Pick<Login, "kind" | "store">;

/** @param services - of the platform; only stores have any logins */
export function loginsOf(services: readonly Service[]): Login[] {
    return services.flatMap((service) => kindOf(service).store?.logins(service) ?? []);
}

/**
 * Whether a store is the one that a secret names (`SecretDeclaration.store`). A secret that names no store matches any
 * store.
 */
export function isStore({ kind, store }: StoreOfClient, declared: string | undefined): boolean {
    return declared === undefined || kindOf({ kind }).store?.partName(declared) === store;
}

/** Whether a secret declares a login: the login's kind is the secret's source, and its store matches. */
export function isDeclaredBy(
    login: StoreOfClient,
    { source, store }: { readonly source: string; readonly store?: string | undefined },
): boolean {
    return source === login.kind && isStore(login, store);
}

/**
 * Environment variables with which a client finds its stores. A file with a connection URL is in `POSTGRES_URL_FILE`; a
 * client of several stores of a kind has a variable for each store (`POSTGRES_ORDERS_URL_FILE`).
 *
 * @param logins - of the client, with the paths of their files
 */
export function storeSettings(
    logins: readonly (StoreOfClient & Pick<Login, "settings"> & { readonly file: string })[],
): Record<string, string> {
    return Object.fromEntries(
        logins.flatMap(({ kind, store, file, settings = {} }) => {
            const name = isOnly(kind, logins) ? kind : `${kind}_${store}`;
            const setting = kindOf({ kind }).store?.file?.setting;
            return [
                [setting ?? `${name.replaceAll("-", "_").toUpperCase()}_URL_FILE`, file],
                ...Object.entries(settings),
            ];
        }),
    );
}

/** Whether a client has exactly one store of a kind. @param stores - all that the client has */
export function isOnly(kind: StoreKindName, stores: readonly (Pick<Login, "kind"> | undefined)[]): boolean {
    return stores.filter((store) => store !== undefined && areOfOneKind(store, { kind })).length === 1;
}

/** Whether two logins, of the same or different clients, are to the same store. */
export function areToOneStore(one: StoreOfClient, other: StoreOfClient): boolean {
    return areOfOneKind(one, other) && one.store === other.store;
}
