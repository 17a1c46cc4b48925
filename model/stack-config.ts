/** The configuration of one stack after validation: `config/load.ts` makes it, `model/resolve.ts` uses it. */

import type { EngineConnection } from "./engine-host";
import type { ImageName } from "./images";

/** A product of the stack. */
export interface ProductSelection {
    readonly name: string;
    /**
     * Short names of the services to run. The stores of which they are clients run as well.
     * @default all of the product's services
     */
    readonly services?: readonly string[] | undefined;
    /** Number of replicas by short name of the service. @default the numbers in the product's file */
    readonly replicas?: Readonly<Record<string, number>> | undefined;
}

/** A host address and port. */
export interface Endpoint {
    /** IPv4 address of the host, for example `0.0.0.0` or `127.0.0.1`. */
    readonly address: string;
    readonly port: number;
}

/** Certificates from an ACME directory. */
export interface Acme {
    /** E-mail address that the authority warns before a certificate expires. */
    readonly email: string;
    /** URL of the directory. */
    readonly directory: string;
}

/** What the edge publishes and which proxies it trusts. */
export interface EdgeConfig {
    readonly http: Endpoint;
    readonly https: Endpoint;
    /** @default a self-signed certificate */
    readonly acme?: Acme | undefined;
    /** Proxies in front of the edge whose `X-Forwarded-*` headers are trusted. CIDR, IPv4 or IPv6. @default none */
    readonly trustedProxies: readonly string[];
    /** Seconds for a whole request with its body, such as an upload. @default 600 */
    readonly requestTimeout: number;
}

/** How services reach hosts outside the platform. */
export interface EgressConfig {
    /**
     * IPv4 addresses of hosts that services declare, in place of the answers of DNS. The address may be in a private network.
     * @default none
     */
    readonly hosts: Readonly<Record<string, string>>;
}

/** How the engine is reached and what it can do. */
export interface EngineConfig extends EngineConnection {
    /** API version of the engine, for example `1.41`. @default unknown: nothing newer than 1.41 is used */
    readonly api?: string | undefined;
}

/**
 * How Vault is unsealed after a restart.
 *
 * `local`: the container keeps one unseal key beside its data and unseals itself. `operators`: people hold the keys, each
 * encrypted to the PGP key of one person; `threshold` of them together unseal it.
 */
export type VaultSeal =
    | { readonly kind: "local" }
    | { readonly kind: "operators"; readonly pgpKeys: readonly string[]; readonly threshold: number };

/** Whether a server keeps its unseal key beside its data. */
export function opensItself({ seal }: { readonly seal: VaultSeal }): boolean {
    return seal.kind === "local";
}

/** The servers that speak Vault's API. */
export type VaultServerName = "vault" | "openbao";

/** The server that keeps secrets, and how it is configured. */
export interface VaultConfig {
    readonly server: VaultServerName;
    readonly seal: VaultSeal;
    /**
     * Seconds for which dynamic database credentials are valid. Each renewal adds as many, up to four times as long in
     * total.
     */
    readonly credentialTtl: number;
    /** Seconds after which an agent reads a value without a lease again. Each read is a line of the audit log. */
    readonly renderInterval: number;
}

/** Management interfaces that can be reached through the public edge. Traefik's and Keycloak's cannot. */
export const CONSOLES = ["vault"] as const;

/** One of {@link CONSOLES}. */
export type ConsoleName = (typeof CONSOLES)[number];

/** Temporal, for products with workflows. */
export interface TemporalConfig {
    /**
     * Number of history shards: how many parts of the work Temporal's processes can share. The databases are made for it, so it never
     * changes.
     * @default 512
     */
    readonly shards: number;
}

/** The settings for workflows. */
export interface OrchestrationConfig {
    /** @default - no product has workflows */
    readonly temporal?: TemporalConfig | undefined;
}

/** Keycloak's host label when the stack names none. */
export const DEFAULT_KEYCLOAK_HOST = "auth";

/** Keycloak and forward authentication. */
export interface KeycloakConfig {
    /** Name of the realm; part of every issuer URL. @default "sevensa" */
    readonly realm: string;
    /** Host label in front of the environment's domain. @default "auth" */
    readonly host: string;
    /**
     * Services with routes, as `<product>/<service>`, that require a session in this environment although their product
     * does not.
     */
    readonly protect: readonly string[];
    /** Management interfaces with a public host of their own, behind forward authentication. @default none */
    readonly consoles: readonly ConsoleName[];
}

/**
 * Risks that a stack outside throw-away environments may take only if `strata:acceptedRisks` lists them.
 *
 * `local-seal`: Vault's unseal key lies beside its data. `reference-app`: applications without a release run a stand-in.
 */
export const RISKS = ["local-seal", "reference-app"] as const;

/** One of {@link RISKS}. */
export type Risk = (typeof RISKS)[number];

/** The settings for people's logins. */
export interface IdentityConfig {
    /** @default - people cannot log in, except with the login to Vault for emergencies */
    readonly keycloak?: KeycloakConfig | undefined;
}

/** Programs that stand in for applications: `offline/images/reference-app`, or https://github.com/stefanprodan/podinfo */
export const STAND_INS = ["reference-app", "podinfo"] as const;
export type StandIn = (typeof STAND_INS)[number];

/** See the keys of the same names in `Pulumi.yaml`. */
export interface StackConfig {
    readonly domain: string;
    /** First two octets of every subnet, for example `10.120`. */
    readonly addressBase: string;
    /** In the order of the configuration. */
    readonly products: readonly ProductSelection[];
    /** References by image name: complete, pinned. */
    readonly images: Readonly<Record<ImageName, string>>;
    readonly edge: EdgeConfig;
    readonly egress: EgressConfig;
    /** First of the ports on 127.0.0.1 that lead to management interfaces. */
    readonly management: { readonly port: number };
    readonly engine: EngineConfig;
    readonly vault: VaultConfig;
    /** Whether volumes with data are protected from being deleted. */
    readonly protectData: boolean;
    /** `<product>/<service>` to a reference pinned by digest. */
    readonly releases: Readonly<Record<string, string>>;
    /** What an application without a release runs; `refuse` makes it a problem. */
    readonly unreleased: "reference-app" | "refuse";
    /** The program in the image `reference-app`; `auto` recognises the pinned image by its digest. */
    readonly standIn: StandIn | "auto";
    /** Risks that the stack takes knowingly. Checked only outside throw-away environments. */
    readonly acceptedRisks: readonly Risk[];
    /** Seconds between health checks. */
    readonly healthCheckInterval: number;
    readonly identity?: IdentityConfig | undefined;
    readonly orchestration?: OrchestrationConfig | undefined;
}
