/** The identity layer's own zones, services and flows; none of them without `strata:identity.keycloak`. */

import { databaseName, databaseRole } from "../database-name";
import { type EDGE_PORT, PORT, type ProbedKind, RATE_LIMIT } from "../defaults";
import type { Flow, Layer, Service } from "../platform";
import type { KeycloakConfig, StackConfig } from "../stack-config";

export const KEYCLOAK = "keycloak";
export const KEYCLOAK_POSTGRES = "keycloak-postgres";
export const OAUTH2_PROXY = "oauth2-proxy";

/** Between the edge, Keycloak and oauth2-proxy. */
export const KEYCLOAK_ZONE = "keycloak-net";
/** Between Keycloak and its database. */
export const KEYCLOAK_DATABASE_ZONE = "keycloak-db-net";

/** Makes a service with the platform's defaults. */
type Base = (name: string, kind: ProbedKind, layer: Layer, port: number) => Service;

/** In the order in which they start. */
export function identityServices(
    environment: string,
    config: StackConfig,
    keycloak: KeycloakConfig,
    base: Base,
): Service[] {
    const host = `${keycloak.host}.${config.domain}`;
    // What is not routed is closed: /admin, /metrics, /health and the master realm above all.
    const paths = [`/realms/${keycloak.realm}/`, "/resources/"];
    return [
        {
            ...base(KEYCLOAK_POSTGRES, "postgres", "identity", PORT.postgres),
            zones: [KEYCLOAK_DATABASE_ZONE],
            databases: [
                {
                    name: databaseName(KEYCLOAK, environment),
                    role: databaseRole(KEYCLOAK),
                    extensions: [],
                    clients: [KEYCLOAK],
                    migrates: true,
                },
            ],
        },
        {
            ...base(KEYCLOAK, "keycloak", "identity", PORT.keycloak),
            zones: [KEYCLOAK_ZONE, KEYCLOAK_DATABASE_ZONE],
            routes: paths.map((path) => ({
                host,
                path,
                port: PORT.keycloak,
                rateLimit: RATE_LIMIT,
                auth: false,
                // Its consoles show some of its own pages in frames, and it says itself which.
                frames: "own",
            })),
            after: [KEYCLOAK_POSTGRES],
        },
        {
            ...base(OAUTH2_PROXY, "oauth2-proxy", "identity", PORT["oauth2-proxy"]),
            zones: [KEYCLOAK_ZONE],
            after: [KEYCLOAK],
        },
    ];
}

/** @param edge - name of the edge */
export function identityFlows(edge: string): Flow[] {
    return [
        { from: edge, to: KEYCLOAK, port: PORT.keycloak, zone: KEYCLOAK_ZONE },
        { from: edge, to: OAUTH2_PROXY, port: PORT["oauth2-proxy"], zone: KEYCLOAK_ZONE },
        { from: OAUTH2_PROXY, to: KEYCLOAK, port: PORT.keycloak, zone: KEYCLOAK_ZONE },
        { from: KEYCLOAK, to: KEYCLOAK_POSTGRES, port: PORT.postgres, zone: KEYCLOAK_DATABASE_ZONE },
    ];
}

/** Entry points of the edge that lead to this layer. */
export const IDENTITY_ENTRY_POINTS: readonly (keyof typeof EDGE_PORT)[] = ["keycloak"];
