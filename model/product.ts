/** What a product's author writes: data only, one file per product under `products/`. */

import type { DeclarationOf, KindName } from "../components/kinds";
import type { HealthCheck, Limits } from "./platform";
import type { SecretDeclaration } from "./secrets/secret";

/** The zones a product can have: `<product>-web-net`, `<product>-net`, `<product>-db-net`. */
export type ZoneRole = "web" | "app" | "data";

/** One of a product's zones. */
export interface ProductZone {
    /** Third octet of its /24 in the address plan (requirement B1: psra 3, psra-db 4, ...). */
    readonly subnet: number;
    /** Lets the product's own services in this zone reach each other without a flow for each pair. @default false */
    readonly peers?: boolean;
}

/** Accepted values of {@link ProductRoute.frames}. */
export const FRAMES = ["deny", "same-origin", "own"] as const;

/** Who may show a route's pages in a frame: nobody, pages of the same origin, or whom the service's own headers name. */
export type Frames = (typeof FRAMES)[number];

/** An HTTP route: `<prefix>.<domain>`, or the product's own host when `prefix` is missing. */
export interface ProductRoute {
    /** Host label(s) in front of the environment's domain, for example `api.psra`. @default the product's name */
    readonly host?: string;
    /** Path with everything below it, in whole segments: `/admin` is not `/administrator`. @default "/" */
    readonly path?: string;
    /** Requests per second and client. @default 100 */
    readonly rateLimit?: number;
    /**
     * Requires a session at the identity provider, with a role of the product. Needs `strata:identity.keycloak`. All routes of
     * a service at one host agree.
     * @default false
     */
    readonly auth?: boolean;
    /**
     * Who may show the pages in a frame. The edge's `X-Frame-Options` replaces the service's own; with `own` the edge sets
     * none, so the service must.
     * @default "deny"
     */
    readonly frames?: Frames;
    /**
     * Lets `%2F`, `%5C`, `%00`, `%3B`, `%25`, `%3F` and `%23` through in paths, for services with such names in their
     * URLs (`/projects/group%2Fname`). Not on a host where some paths need a session and others do not.
     * @default false: answered with 400
     */
    readonly encodedCharacters?: boolean;
}

/** What an author writes about a service of any kind. */
export interface CommonDeclaration {
    readonly kind: KindName;
    /** Zones it joins. */
    readonly zones: readonly ZoneRole[];
    /** @default the kind's own */
    readonly limits?: Partial<Limits>;
    /** @default the kind's own */
    readonly healthCheck?: Partial<HealthCheck>;
    /** Services it connects to: `api`, or `rentguy/api` of another product. Stores call nobody. */
    readonly calls?: readonly string[];
    /**
     * Calls among `calls` that are not waited for at start, for pairs that call each other.
     * @default none
     */
    readonly startsBefore?: readonly string[];
    readonly routes?: readonly ProductRoute[];
}

/** A service that the product's team builds. */
export type Application = DeclarationOf<"application">;

/** A service of a product. */
export type ProductService = { [K in KindName]: DeclarationOf<K> }[KindName];

/** What a product needs of the realm: `roles` become `<product>-<role>`, `groups` become `<label> <group>`. */
export interface ProductIdentity {
    /** The product's name as people write it, for example `RentGuy`. */
    readonly label: string;
    /** Roles by short name, with what they are for. */
    readonly roles: Readonly<Record<string, ProductRole>>;
    /** Short names of roles by the group that gives them. */
    readonly groups: Readonly<Record<string, readonly string[]>>;
    /**
     * Host label(s) in front of the environment's domain at which its login ends: of a route of the product, or its name.
     * @default the product's name
     */
    readonly host?: string;
    /** Whole path on that host, without wildcard, query or fragment. @default "/auth/callback" */
    readonly callback?: string;
}

/** A role of a product. */
export interface ProductRole {
    readonly description: string;
    /** Asks for a second factor at every login. @default false */
    readonly mfa?: boolean;
    /** May read and write the product's values in Vault; only with {@link mfa}. @default false */
    readonly secrets?: boolean;
}

/** An application suite with its own zones, stores, secrets and routes. */
export interface Product {
    /** Slug: lower-case letters, digits and dashes, at most 20 characters. */
    readonly name: string;
    readonly description: string;
    readonly zones: Readonly<Partial<Record<ZoneRole, ProductZone>>>;
    /** By name without the product: `api` becomes the service `psra-api`. */
    readonly services: Readonly<Record<string, ProductService>>;
    /** The product's rows of the secrets matrix. Takes effect with `strata:identity.vault`. @default none */
    readonly secrets?: readonly SecretDeclaration[];
    /** @default nobody logs in: no client, roles or groups */
    readonly identity?: ProductIdentity;
}
