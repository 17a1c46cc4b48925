/** Keycloak's configuration file: plain data in, text out. It contains passwords, so the whole file is a secret. */

import { KEYCLOAK_HEALTH_PORT, KEYCLOAK_PORT } from "./kind";

/** The settings that differ from environment to environment. */
export interface ServerSettings {
    /** Public URL without a path, for example `https://auth.example.com`. */
    readonly publicUrl: string;
    /** URL of the administration console and API, on the host's loopback address. */
    readonly adminUrl: string;
    /** Addresses whose forwarded headers Keycloak trusts: the zone of the edge and oauth2-proxy. CIDR. */
    readonly trustedProxies: string;
    readonly database: {
        readonly host: string;
        readonly port: number;
        readonly name: string;
        readonly user: string;
        readonly password: string;
    };
    /** The temporary client, which exists until the program has its own. Keycloak reads it at the very first start only. */
    readonly bootstrap: { readonly clientId: string; readonly secret: string };
}

/**
 * Text of the file that `kc.sh start --optimized` reads with `--config-file`. Options that are fixed when the image is
 * built (database vendor, health, metrics) are not in it.
 *
 * @see https://www.keycloak.org/server/all-config
 */
export function serverConfiguration(settings: ServerSettings): string {
    const { database, bootstrap } = settings;
    const options: Readonly<Record<string, string>> = {
        "db-url": `jdbc:postgresql://${database.host}:${database.port}/${database.name}`,
        "db-username": database.user,
        "db-password": database.password,
        // All URLs in answers use this host, whatever host a request names.
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
        // Health and metrics are for the container itself only. With one node there is no cluster.
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
