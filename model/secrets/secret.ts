/** The secrets matrix: what is kept where, how often it changes, and who may read it. No value is ever part of it. */

import type { StoreKindName } from "../../components/kinds";

/** Secret engines; each product has one mount of each that it uses. */
export const ENGINES = ["kv", "database", "transit", "pki"] as const;
export type Engine = (typeof ENGINES)[number];

/**
 * How often a secret changes: days, by hand when there is a reason (`manual`), at every request (`lease`: the engine
 * makes it and takes it back), or by a new version beside the old ones (`versioned`).
 */
export type Rotation = number | "manual" | "lease" | "versioned";

/**
 * Where the value of a `kv` secret comes from.
 *
 * `written`: people or another program write it; only its path and readers are declared. `generated`: a random value is
 * written. A kind of store (`postgres`, `redis`): the URL with which a reader logs in to the product's store. `client`: the
 * secret of the product's client in Keycloak; in a stack without Keycloak people write it.
 */
export type SecretSource = "written" | "generated" | "client" | StoreKindName;

/** A secret as a product's author writes it. */
export interface SecretDeclaration {
    /** Unique in the product, for example `jwt-secret`. */
    readonly name: string;
    readonly engine: Engine;
    /**
     * Below the engine's mount: path of a `kv` secret, database of a `database` role, name of a `transit` key or of a `pki` role.
     */
    readonly path: string;
    readonly rotation: Rotation;
    /**
     * Services that may use it: `api`, or `rentguy/api` of another product (see {@link crossProduct}). `*` stands for every
     * application of the product.
     */
    readonly readers: readonly string[];
    /** Only for `kv`. @default "written" */
    readonly source?: SecretSource;
    /**
     * Which login it is, for readers with several: a database or a Redis server, by its name in the product. Only with a
     * kind of store as source.
     * @default the only one that each reader has
     */
    readonly store?: string;
    /** Each reader has a value of its own, at `<path>/<reader>`. Only for `kv`. @default false */
    readonly perReader?: boolean;
    /** Why services of other products may read it. @default - they may not */
    readonly crossProduct?: string;
}

/** A secret in an environment. */
export interface ResolvedSecret {
    /** For example `psra/jwt-secret`. */
    readonly name: string;
    /** The product, or `platform`. */
    readonly owner: string;
    readonly engine: Engine;
    /** Below {@link mountOf}. */
    readonly path: string;
    readonly rotation: Rotation;
    readonly source: SecretSource;
    /** As declared. @default - the only login that each reader has */
    readonly store?: string;
    /** Services of the environment by name, sorted. */
    readonly readers: readonly string[];
}

/**
 * Mount of an owner's engine. The source documents have a namespace for each product; namespaces cost a licence on one of
 * the two servers, so the product is the first part of the path on both.
 */
export function mountOf({ owner, engine }: Pick<ResolvedSecret, "owner" | "engine">): string {
    return `${owner}/${engine}`;
}

/** Folder inside a mount in which an engine keeps what is declared. */
const FOLDERS: Readonly<Record<Engine, string>> = { kv: "", database: "roles/", transit: "keys/", pki: "roles/" };

/**
 * Where a secret is in Vault, for example `psra/kv/config/jwt-secret` or `psra/transit/keys/psra-key`. No two secrets have the
 * same place, and a secret that is renamed keeps its own.
 */
export function placeOf(secret: Pick<ResolvedSecret, "owner" | "engine" | "path">): string {
    return `${mountOf(secret)}/${FOLDERS[secret.engine]}${secret.path}`;
}
