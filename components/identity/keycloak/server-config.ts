/** Keycloak's configuration file: plain data in, text out. It holds passwords, so it is a secret as a whole. */

import { KEYCLOAK_HEALTH_PORT, KEYCLOAK_PORT } from "./kind";

/** What differs between two Keycloaks. */
export interface ServerSettings {
    /** Public URL without a path, for example `https://auth.example.com`. */
    readonly publicUrl: string;
    /** URL of the administration console and API, on the host's loopback address. */
    readonly adminUrl: string;
    /** Where requests come from that may say whom they are for: the zone of the edge and oauth2-proxy. CIDR. */
    readonly trustedProxies: string;
    readonly database: {
        readonly host: string;
        readonly port: number;
        readonly name: string;
        readonly user: string;
        readonly password: string;
    };
    /** Exists until the program has an identity of its own; read at the very first start only. */
    readonly bootstrap: { readonly clientId: string; readonly secret: string };
}

/**
 * `kc.sh start --optimized` reads this with `--config-file`. What is fixed when the image is built (database vendor, health,
 * metrics) is not here.
 *
 * @see https://www.keycloak.org/server/all-config
 */
export function serverConfiguration(settings: ServerSettings): string {
    const { database, bootstrap } = settings;
    const options: Readonly<Record<string, string>> = {
        "db-url": `jdbc:postgresql://${database.host}:${database.port}/${database.name}`,
        "db-username": database.user,
        "db-password": database.password,
        // Every URL that leaves the server is this one, whatever a request says its host is.
        hostname: settings.publicUrl,
        "hostname-admin": settings.adminUrl,
        "hostname-strict": "true",
        "hostname-backchannel-dynamic": "false",
        "http-enabled": "true",
        "http-port": String(KEYCLOAK_PORT),
        "http-max-queued-requests": "1000",
        "proxy-headers": "xforwarded",
        "proxy-trusted-addresses": settings.trustedProxies,
        "http-management-port": String(KEYCLOAK_HEALTH_PORT),
        // Health and metrics are the container's own; one node has nobody to form a cluster with.
        "http-management-host": "127.0.0.1",
        "cache-embedded-network-bind-address": "127.0.0.1",
        "bootstrap-admin-client-id": bootstrap.clientId,
        "bootstrap-admin-client-secret": bootstrap.secret,
        "log-console-output": "json",
    };
    return Object.entries(options)
        .map(([key, value]) => `${key}=${value}\n`)
        .join("");
}
