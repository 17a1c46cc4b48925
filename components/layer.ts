/**
 * The contract of a layer (foundation, identity, edge, ...): what it adds to the products' zones and services. Pure: how it is run
 * is in its component.
 *
 * A layer is a folder with a `layer.ts`, and a line in `layers.ts`. One that a stack has not got adds nothing, and nobody asks
 * whether it is there.
 */

import type { Claim, ClaimKind } from "../model/claims";
import type { Realm } from "../model/identity/realm";
import type { Flow, LayerName, Platform, Service, Zone } from "../model/platform";
import type { Problem } from "../model/problems";
import type { ResolvedSecret } from "../model/secrets/secret";
import type { SelectedProduct } from "../model/selection";
import type { StackConfig } from "../model/stack-config";
import type { MakeClaim } from "./kind";

/** The platform as far as it is known: the products', and what the layers before this one in the list have added. */
export interface Draft {
    readonly environment: string;
    readonly config: StackConfig;
    readonly products: readonly SelectedProduct[];
    readonly zones: readonly Zone[];
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly entryPoints: readonly EntryPoint[];
    /** What was added to services so far, for those that are still to come. */
    readonly additions: readonly Addition[];
    readonly secrets: readonly ResolvedSecret[];
    readonly realm?: Realm;
    readonly problems: readonly Problem[];
}

/** A management interface, which the edge publishes on 127.0.0.1 for providers and operators. */
export interface EntryPoint {
    /** Of Traefik's entry point and of the published port. */
    readonly name: string;
    /** Port of the entry point inside the edge's container. */
    readonly inside: number;
    /** Added to `strata:management.port`: its port on the host, whatever else the stack has. */
    readonly offset: number;
    /** Where it leads. @default - to the edge itself */
    readonly to?: { readonly service: string; readonly port: number; readonly zone: string };
}

/** What a layer adds to a service, be it its own or another's: a guest joins the zones of those it serves. */
export interface Addition {
    readonly service: string;
    readonly zones?: readonly string[];
    readonly zoneAliases?: Readonly<Record<string, readonly string[]>>;
    readonly startsAfter?: readonly string[];
}

/** What a layer adds to a platform. */
export interface Contribution {
    readonly zones?: readonly Zone[];
    readonly services?: readonly Service[];
    /** To services that are there, or that a later layer brings. */
    readonly additions?: readonly Addition[];
    readonly flows?: readonly Flow[];
    readonly entryPoints?: readonly EntryPoint[];
    readonly secrets?: readonly ResolvedSecret[];
    readonly realm?: Realm;
    readonly problems?: readonly Problem[];
}

/** @param by - what of the product claims it, for messages. @default the product. @param within - server, zone or service in which the name is used */
export type MakeProductClaim = (of: ClaimKind, value: string, by?: string, within?: string) => Claim;

/** A layer of the platform. */
export interface Layer {
    readonly name: LayerName;
    /** Third octets of its zones, which nobody else gets in any stack. */
    readonly subnets: Readonly<Record<string, number>>;
    /** Names of its services, which nobody else gets in any stack. */
    readonly services: readonly string[];
    /** Those of its services that join zones of products, sooner or later, under their own names. */
    readonly guests: readonly string[];
    /** Other words that no product may be called. */
    readonly words?: readonly string[];
    contribute(draft: Draft): Contribution;
    /** What is wrong with its settings, and with what products say for it. */
    check?(config: StackConfig, products: readonly SelectedProduct[]): readonly Problem[];
    /** What it claims in every stack, besides zones and services: a layer that comes later must not find its names taken. */
    claims?(platform: Platform): readonly Claim[];
    /** Names that it gives to what it makes for a service, be it the platform's or a product's. */
    serviceClaims?(service: Service, claim: MakeClaim): readonly Claim[];
    /** Names that it gives to what it makes for a product, in every stack. @param claim - makes a claim of the product's owner */
    productClaims?(platform: Platform, product: SelectedProduct, claim: MakeProductClaim): readonly Claim[];
}
