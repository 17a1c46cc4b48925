/**
 * The secrets matrix: where each secret is kept, how often it changes, and which services may read it. It never contains a
 * value.
 */

import { z } from "zod";

import { STORE_KINDS } from "../../components/kinds";
import { slug } from "../grammar";
import type { Declared } from "../schema/declared";
import { flag, text, whole } from "../schema/leaves";

/** Secret engines that an author can use. Each product has one mount of each engine that it uses. */
export const ENGINES = ["kv", "database", "transit", "pki"] as const;

/** Secret engines. `token` is Vault's own: it signs tokens with which a service shows another server who it is. */
export type Engine = MountedEngine | "token";

/** Secret engines of which each owner has a mount. */
export type MountedEngine = (typeof ENGINES)[number];

const ROTATIONS = ["manual", "lease", "versioned"] as const;
const ROTATION = `whole days, at least 1, or ${ROTATIONS.map((word) => `"${word}"`).join(", ")}`;

/**
 * How often a secret changes: every so many days; by hand when there is a reason (`manual`); at every request (`lease`: the
 * engine creates and revokes it); or by a new version beside the old ones (`versioned`).
 */
export type Rotation = number | (typeof ROTATIONS)[number];

const SOURCES = ["written", "generated", "client", ...STORE_KINDS] as const;

/**
 * Where the value of a `kv` secret comes from.
 *
 * `written`: people or another program write it; only its path and readers are declared. `generated`: a random value is
 * written. A kind of store (`postgres`, `redis`): the URL with which a reader logs in to the product's store. `client`: the
 * secret of the product's client in Keycloak; in a stack without Keycloak people write it.
 */
export type SecretSource = (typeof SOURCES)[number];

/** The form of a secret. `resolve.ts` checks its references to other parts of the product. */
export const secretDeclaration = z.strictObject(
    {
        /** Unique in the product, for example `jwt-secret`. */
        name: text(slug(40)),
        engine: z.enum(ENGINES, { error: ENGINES.join(", ") }),
        /**
         * Below the engine's mount: path of a `kv` secret, database of a `database` role, name of a `transit` key or of a `pki` role.
         */
        path: text({
            pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\/[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
            accepted: "lower-case letters, digits and dashes between single slashes, without wildcards",
        }),
        rotation: z.union([whole(ROTATION, 1), z.enum(ROTATIONS, { error: ROTATION })], { error: ROTATION }),
        /**
         * Services that may use it: `api`, or `rentguy/api` of another product (see {@link crossProduct}). `*` stands for
         * every application of the product.
         */
        readers: z.array(z.string({ error: "the name of a service, or *" }), { error: "a list of services" }),
        /** Only for `kv`. @default "written" */
        source: z.enum(SOURCES, { error: SOURCES.join(", ") }).exactOptional(),
        /**
         * The store of the login, for readers with several: a database or a Redis server, by its name in the product. Only
         * with a kind of store as source.
         * @default the only one that each reader has
         */
        store: z.string({ error: "the name of a store or of a database" }).exactOptional(),
        /** Each reader has a value of its own, at `<path>/<reader>`. Only for `kv`. @default false */
        perReader: flag.exactOptional(),
        /** The reason why services of other products may read it. @default - they may not */
        crossProduct: text({ pattern: /\S/, accepted: "the reason, for people" }).exactOptional(),
    },
    { error: "{ name, engine, path, rotation, readers, source?, store?, perReader?, crossProduct? }" },
);

/** A secret as a product's author writes it. */
export type SecretDeclaration = Declared<typeof secretDeclaration>;

/** A secret in an environment. */
export interface ResolvedSecret {
    /** For example `psra/jwt-secret`. */
    readonly name: string;
    /** Name of the owner: a product or a tenant of it, or `platform`. */
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
    /** Only with the engine `token`. */
    readonly token?: SignedToken;
}

/** A token that Vault signs for its readers. @see https://developer.hashicorp.com/vault/docs/secrets/identity/identity-token */
export interface SignedToken {
    /** The server that accepts it, as `aud`. Servers with one audience have one signing key. */
    readonly audience: string;
    /** Claims besides the standard ones. */
    readonly claims: Readonly<Record<string, readonly string[]>>;
}

/** Mount of the engine `token`, which every server of Vault's API has. */
export const TOKEN_MOUNT = "identity/oidc";

/**
 * Mount of an owner's engine. The source documents have a namespace for each product. Namespaces need a licence on one of
 * the two servers, so the product is the first part of the path on both.
 */
export function mountOf({ owner, engine }: Pick<ResolvedSecret, "owner" | "engine">): string {
    return engine === "token" ? TOKEN_MOUNT : `${owner}/${engine}`;
}

/** Folder inside a mount in which an engine keeps what is declared. */
const FOLDERS: Readonly<Record<Engine, string>> = {
    kv: "",
    database: "roles/",
    transit: "keys/",
    pki: "roles/",
    token: "role/",
};

/**
 * The place of a secret in Vault, for example `psra/kv/config/jwt-secret` or `psra/transit/keys/psra-key`. No two secrets
 * have the same place, and a renamed secret keeps its place.
 */
export function placeOf(secret: Pick<ResolvedSecret, "owner" | "engine" | "path">): string {
    return `${mountOf(secret)}/${FOLDERS[secret.engine]}${secret.path}`;
}
