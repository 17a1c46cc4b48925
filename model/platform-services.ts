/** What strata brings itself, whatever the products: the edge, Vault and a Postgres for the platform's own databases. */

import { addressesOf, PLATFORM_SUBNETS } from "./address-plan";
import { databaseName, databaseRole } from "./database-name";
import {
    identityFlows,
    identityServices,
    IDENTITY_ENTRY_POINTS,
    KEYCLOAK_DATABASE_ZONE,
    KEYCLOAK_ZONE,
} from "./identity/services";
import { consoleRoutes } from "./identity/consoles";
import { issuerInside } from "./identity/issuer";
import { EDGE_PORT, healthCheckOf, IMAGE_OF, LIMITS, MANAGEMENT, PORT, type ProbedKind } from "./defaults";
import { PLATFORM, type Flow, type Layer, type PublishedPort, type Service, type Tier, type Zone } from "./platform";
import type { StackConfig } from "./stack-config";
import { VAULT_SERVERS } from "./vault-server";

/** Names of the platform's services. */
export const EDGE = "edge";
export const VAULT = "vault";
export const PLATFORM_POSTGRES = "postgres";

/** Between Vault and the edge. */
const VAULT_ZONE = "vault-net";

/**
 * The platform's zones.
 *
 * Only the edge's has a way out: it publishes the ports and asks the certificate authority.
 */
export function platformZones(config: StackConfig): Zone[] {
    const zone = (name: keyof typeof PLATFORM_SUBNETS, tier: Tier): Zone => ({
        name,
        product: PLATFORM,
        tier,
        ...addressesOf(config.addressBase, PLATFORM_SUBNETS[name]),
        internal: tier !== "edge",
        peers: false,
    });
    return [
        zone("edge-net", "edge"),
        zone(VAULT_ZONE, "platform"),
        ...(config.platformDatabases.length > 0 ? [zone("platform-db-net", "data")] : []),
        ...(config.identity?.keycloak ? [zone(KEYCLOAK_ZONE, "platform"), zone(KEYCLOAK_DATABASE_ZONE, "data")] : []),
    ];
}

/**
 * @param webZones - the products' zones in which the edge is a guest
 * @param keepers - realm roles of the people who may log in to Vault
 */
export function platformServices(
    environment: string,
    config: StackConfig,
    webZones: readonly string[],
    keepers: readonly string[],
): Service[] {
    const base = (name: string, kind: ProbedKind, layer: Layer, port: number): Service => ({
        name,
        product: PLATFORM,
        layer,
        kind,
        image: IMAGE_OF[kind],
        zones: [],
        aliases: [name],
        ports: [port],
        published: [],
        routes: [],
        limits: LIMITS[kind],
        healthCheck: healthCheckOf(kind, IMAGE_OF[kind], port, config.vault, config.healthCheckInterval, {
            configured: config.identity?.vault !== undefined,
        }),
        after: [],
        environment: {},
        databases: [],
        redisUsers: [],
    });

    const issuer = issuerInside(config);
    const services: Service[] = [
        {
            ...base(VAULT, "vault", "foundation", PORT.vault),
            image: VAULT_SERVERS[config.vault.server].image,
            zones: [VAULT_ZONE],
            routes: consoleRoutes("vault", config, PORT.vault, keepers),
        },
        {
            ...base(EDGE, "edge", "edge", EDGE_PORT.http),
            zones: ["edge-net", VAULT_ZONE, ...(config.identity?.keycloak ? [KEYCLOAK_ZONE] : []), ...webZones],
            ...(issuer && { zoneAliases: { [VAULT_ZONE]: [issuer.host] } }),
            ports: entryPoints(config).map((name) => insidePort(config, name)),
            published: publishedPorts(config),
            // Waits for nobody: Vault is configured through it, and an application that is not up yet answers 502.
            after: [],
        },
    ];
    if (config.platformDatabases.length > 0) {
        services.unshift({
            ...base(PLATFORM_POSTGRES, "postgres", "foundation", PORT.postgres),
            zones: ["platform-db-net"],
            databases: config.platformDatabases.map((name) => ({
                name: databaseName(name, environment),
                role: databaseRole(name),
                extensions: [],
                clients: [],
            })),
        });
    }
    const keycloak = config.identity?.keycloak;
    return keycloak ? [...services, ...identityServices(environment, config, keycloak, base)] : services;
}

/** Entry points whose services the stack has. */
function entryPoints({ identity }: StackConfig): (keyof typeof EDGE_PORT)[] {
    const names = Object.keys(EDGE_PORT) as (keyof typeof EDGE_PORT)[];
    return names.filter((name) => identity?.keycloak !== undefined || !IDENTITY_ENTRY_POINTS.includes(name));
}

/** Port of an entry point inside the edge's container. */
function insidePort(config: StackConfig, name: keyof typeof EDGE_PORT): number {
    return name === "https" ? (issuerInside(config)?.port ?? EDGE_PORT.https) : EDGE_PORT[name];
}

function publishedPorts(config: StackConfig): PublishedPort[] {
    const { edge, management } = config;
    const present = entryPoints(config);
    return [
        { name: "http", internal: EDGE_PORT.http, external: edge.http.port, address: edge.http.address },
        {
            name: "https",
            internal: insidePort(config, "https"),
            external: edge.https.port,
            address: edge.https.address,
        },
        ...MANAGEMENT.map((name, index) => ({
            name,
            internal: EDGE_PORT[name],
            external: management.port + index,
            address: "127.0.0.1",
        })).filter(({ name }) => present.includes(name)),
    ];
}

/**
 * The edge's management entry point leads to Vault: providers and operators reach it that way, and only that way. Vault
 * asks the edge for the keys of whoever issues people's tokens, under the name that everybody knows the issuer by.
 */
export function platformFlows(config: Pick<StackConfig, "domain" | "edge" | "identity">): Flow[] {
    const issuer = issuerInside(config);
    return [
        { from: EDGE, to: VAULT, port: PORT.vault, zone: VAULT_ZONE },
        ...(issuer ? [{ from: VAULT, to: EDGE, port: issuer.port, zone: VAULT_ZONE }] : []),
        ...(config.identity?.keycloak ? identityFlows(EDGE) : []),
    ];
}
