/**
 * The validated platform, which `resolvePlatform` creates from products and configuration. Components, policies, the
 * isolation probe and the drift readers get nothing else.
 *
 * Everything here is plain data that survives `JSON.stringify`. No value is an `Output`: everything that shapes the graph
 * is known before the first resource is registered.
 */

import type { KindName, SpecOf } from "../components/kinds";
import type { ResolvedSecret } from "./secrets/secret";

import type { Frames, HealthCheck, Limits, Outside } from "./declaration";
import type { Realm } from "./identity/realm";
import type { Instances } from "./instances";
import type { Owner } from "./owner";

export type { HealthCheck, Limits, Outside } from "./declaration";

/** How far a zone is from the public: see requirement B3. */
export type Tier = "edge" | "web" | "app" | "data" | "platform";

/** The layer whose component creates a service. `products` holds the services of the products themselves. */
export const LAYER_NAMES = [
    "foundation",
    "orchestration",
    "identity",
    "observability",
    "egress",
    "edge",
    "products",
] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

export { PLATFORM } from "./owner";

/** A Docker network. */
export interface Zone extends Owner {
    /** Name inside the environment, for example `psra-db-net`; the physical name is `<environment>-<name>`. */
    readonly name: string;
    readonly tier: Tier;
    /** IPv4 subnet in CIDR form, for example `10.120.4.0/24`. */
    readonly subnet: string;
    /** First address of the subnet. */
    readonly gateway: string;
    /** An internal network has no way out. `false` only for zones that a kind names as its `wayOut`. */
    readonly internal: boolean;
    /** The owner's services may reach each other here without a flow of their own. Never covers guests. */
    readonly peers: boolean;
}

/** TCP ports inside a container, by what is served there. A call without a port means the first. */
export type Ports = Readonly<Record<string, number>>;

/** A port on the host. Only the edge has any. */
export interface PublishedPort {
    readonly name: string;
    /** Port inside the container. */
    readonly internal: number;
    /** Port on the host. */
    readonly external: number;
    /** Host address; management ports are on `127.0.0.1`. */
    readonly address: string;
}

/** An HTTP route at the edge. */
export interface Route {
    /** Full host name, for example `api.psra.strata.localhost`. */
    readonly host: string;
    /** `/admin` covers itself and everything below it; `/admin/` only what is below it. @default "/" */
    readonly path: string;
    /** Port of the service. */
    readonly port: number;
    /** Requests per second and client address, averaged. */
    readonly rateLimit: number;
    /** Behind forward authentication (requirement B7). */
    readonly auth: boolean;
    /** Realm roles of which a session needs one; only with {@link auth}. @default none: every session passes */
    readonly roles?: readonly string[];
    /** Who may show the pages in a frame. @default "deny" */
    readonly frames?: Frames;
    /** Lets encoded slashes and the like through in paths. @default false: answered with 400 */
    readonly encodedCharacters?: boolean;
}

/** What every service has, whatever its kind. */
export interface CommonService extends Owner {
    /** Unique in the environment, for example `psra-api`; the container is `<environment>-<name>`. */
    readonly name: string;
    /** Only for an application with several containers. @default - one container */
    readonly instances?: Instances;
    readonly layer: LayerName;
    /** An image name; for products outside `local`, a reference pinned by digest. */
    readonly image: string;
    /** Zones it is attached to, by {@link Zone.name}, in a stable order. */
    readonly zones: readonly string[];
    /** DNS names inside its zones; the first is the service name without the owner where that is unambiguous. */
    readonly aliases: readonly string[];
    /** Further DNS names by zone, in that zone only. @default none */
    readonly zoneAliases?: Readonly<Record<string, readonly string[]>>;
    readonly ports: Ports;
    readonly published: readonly PublishedPort[];
    readonly routes: readonly Route[];
    /** Hosts outside the platform that it may reach, through the egress proxy. @default none */
    readonly egress?: readonly Outside[];
    readonly limits: Limits;
    readonly healthCheck: HealthCheck;
    /** Services (by name) that must be healthy before this one starts. Acyclic. */
    readonly startsAfter: readonly string[];
    /** Plain settings. Secrets are never among them. */
    readonly environment: Readonly<Record<string, string>>;
    /** The service whose user and secrets this service shares: an agent's application. */
    readonly sidecarOf?: string;
}

/** A service of a kind. `spec` holds the fields that only this kind has. */
export type ServiceOf<K extends KindName> = CommonService & { readonly kind: K; readonly spec: SpecOf<K> };

/** A service of the platform, of any kind. */
export type Service = { [K in KindName]: ServiceOf<K> }[KindName];

/** A declared permission: `from` may connect to `to` on TCP `port`, through the zone both are in. */
export interface Flow {
    readonly from: string;
    readonly to: string;
    readonly port: number;
    readonly zone: string;
}

/** Everything of one environment. */
export interface Platform {
    /** The stack's name. */
    readonly environment: string;
    /** Parent of all public host names. */
    readonly domain: string;
    /** Products in the order of the configuration. */
    readonly products: readonly string[];
    readonly zones: readonly Zone[];
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    /**
     * The number of each service's user and group, by service name. A service that is missing runs as the user of its
     * image.
     */
    readonly users?: Readonly<Record<string, number>>;
    /** The secrets matrix, without any value. */
    readonly secrets: readonly ResolvedSecret[];
    /** What Keycloak holds; missing in a stack without Keycloak. */
    readonly realm?: Realm;
}
