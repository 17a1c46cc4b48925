/**
 * The contract of a layer (foundation, identity, edge, ...): what it adds to the products' zones and services. Pure: the
 * layer's component runs its services.
 *
 * A layer is a folder with a `layer.ts`, and a line in `layers.ts`. A layer that a stack does not have adds nothing, and no
 * code asks whether it is present.
 */

import type { Claim, ClaimKind } from "../model/claims";
import type { Realm } from "../model/identity/realm";
import type { Meeting } from "../model/meeting-zone";
import type { Flow, LayerName, Platform, Service, Zone } from "../model/platform";
import type { Problem } from "../model/problems";
import type { ResolvedSecret } from "../model/secrets/secret";
import type { SelectedProduct } from "../model/selection";
import type { StackConfig } from "../model/stack-config";
import type { MakeClaim } from "./kind";

/**
 * The platform while layers add to it: the products' part, and the contributions of the layers before this one in the list.
 */
export interface Draft {
    readonly environment: string;
    readonly config: StackConfig;
    readonly products: readonly SelectedProduct[];
    readonly zones: readonly Zone[];
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly entryPoints: readonly EntryPoint[];
    /** The additions to services so far, for services that later layers contribute. */
    readonly additions: readonly Addition[];
    readonly secrets: readonly ResolvedSecret[];
    readonly databases: readonly PlatformDatabase[];
    readonly realm?: Realm;
    readonly problems: readonly Problem[];
}

/** A database that a service of the platform needs on the platform's own Postgres, which exists if any does. */
export interface PlatformDatabase {
    /** Without the environment, which is appended: `temporal` becomes `temporal_staging`. */
    readonly name: string;
    /** Services of the platform that log in. They create their tables themselves. */
    readonly clients: readonly string[];
    /** Extensions besides `uuid-ossp` and `pgcrypto`. @default none */
    readonly extensions?: readonly string[];
}

/** A management interface, which the edge publishes on 127.0.0.1 for providers and operators. */
export interface EntryPoint {
    /** Name of Traefik's entry point and of the published port. */
    readonly name: string;
    /** Port of the entry point inside the edge's container. */
    readonly inside: number;
    /**
     * Added to `strata:management.port`, it gives the port on the host. The number does not depend on the other layers of
     * the stack.
     */
    readonly offset: number;
    /** The service that it leads to. @default - the edge itself */
    readonly to?: { readonly service: string; readonly port: number; readonly zone: string };
}

/** What a layer adds to a service, its own or another layer's. A guest joins the zones of the services that it serves. */
export interface Addition {
    readonly service: string;
    readonly zones?: readonly string[];
    readonly zoneAliases?: Readonly<Record<string, readonly string[]>>;
    readonly startsAfter?: readonly string[];
    /** Plain settings. A setting that the service's author chose stays. */
    readonly environment?: Readonly<Record<string, string>>;
}

/** What a layer adds to a platform. */
export interface Contribution {
    readonly zones?: readonly Zone[];
    readonly services?: readonly Service[];
    /** Additions to services that exist already, or that a later layer contributes. */
    readonly additions?: readonly Addition[];
    readonly flows?: readonly Flow[];
    readonly entryPoints?: readonly EntryPoint[];
    /** Secrets besides those that products declare. */
    readonly secrets?: readonly ResolvedSecret[];
    readonly databases?: readonly PlatformDatabase[];
    readonly realm?: Realm;
    readonly problems?: readonly Problem[];
}

/**
 * Creates a claim of the product's owner.
 *
 * @param by - the part of the product that claims it, for messages. @default the product.
 * @param within - server, zone or service in which the name is used
 */
export type MakeProductClaim = (of: ClaimKind, value: string, by?: string, within?: string) => Claim;

/** A layer of the platform. */
export interface Layer {
    readonly name: LayerName;
    /** Third octets of its zones, reserved in every stack. */
    readonly subnets: Readonly<Record<string, number>>;
    /** Names of its services, reserved in every stack. */
    readonly services: readonly string[];
    /** Names of those of its services that can join zones of products, under their own names. */
    readonly guests: readonly string[];
    /** Zones in which owners meet its guests, besides their own zones. @default none */
    readonly meetings?: readonly Meeting[];
    /** Further words that no product may have as its name, by the program to which they belong. */
    readonly words?: Readonly<Record<string, readonly string[]>>;
    contribute(draft: Draft): Contribution;
    /** Problems of the layer's settings, and of the products' settings for it. */
    check?(config: StackConfig, products: readonly SelectedProduct[]): readonly Problem[];
    /** Claims in every stack, besides zones and services: a layer that is added later must find its names free. */
    claims?(platform: Platform): readonly Claim[];
    /** Claims on the names of objects that the layer creates for a service of the platform or of a product. */
    serviceClaims?(service: Service, claim: MakeClaim): readonly Claim[];
    /**
     * Claims on the names of objects that the layer creates for a product, in every stack.
     * @param claim - creates a claim of the product's owner
     */
    productClaims?(platform: Platform, product: SelectedProduct, claim: MakeProductClaim): readonly Claim[];
}
