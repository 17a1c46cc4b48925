/** Traefik's static configuration from the platform: plain data in, plain data out. YAML is a superset of JSON, so JSON it is. */

import type { PublishedPort, Service } from "../../../model/platform";
import { FILES } from "../../hardening/files";
import { EDGE_PING_PORT, type EdgeSettings, managementPorts } from "./kind";

/**
 * Setting of every entry point. PHP, CGI and WSGI read `X.Auth_Request!User` as `X-Auth-Request-User`. So a header with any
 * character but letters, digits and `-` in its name is deleted: the headers that Traefik strips or sets have one spelling
 * only.
 *
 * @see https://doc.traefik.io/traefik/v3.7/reference/install-configuration/entrypoints/#aliasheadersstrategy
 */
const ONE_SPELLING = { aliasHeadersStrategy: "delete" } as const;

/** Entry points, certificates, logs. A change replaces the container. */
export function staticConfiguration(edge: Service, settings: EdgeSettings): object {
    const forwardedHeaders = { trustedIPs: [...settings.trustedProxies] };
    const { acme } = settings;
    const http = publishedPort(edge, "http");
    const https = publishedPort(edge, "https");
    return {
        global: { checkNewVersion: false, sendAnonymousUsage: false },
        log: { level: "INFO", format: "json" },
        // Query strings and headers contain tokens; neither is logged.
        accessLog: {
            format: "json",
            fields: {
                defaultMode: "keep",
                headers: { defaultMode: "drop" },
                names: { RequestPath: "drop", RequestLine: "drop" },
            },
        },
        ping: { entryPoint: "ping" },
        api: { dashboard: true, insecure: false },
        metrics: { prometheus: { manualRouting: true, addRoutersLabels: true } },
        providers: { file: { directory: `${FILES}/dynamic`, watch: true } },
        entryPoints: {
            http: {
                address: `:${http.internal}`,
                http: {
                    ...ONE_SPELLING,
                    redirections: { entryPoint: { to: `:${https.external}`, scheme: "https", permanent: true } },
                },
                forwardedHeaders,
            },
            https: {
                address: `:${https.internal}`,
                http: { ...ONE_SPELLING, tls: acme ? { certResolver: "acme" } : {} },
                // The time of a request is limited, the time of an answer is not, so that answers can stream. Traefik has
                // one limit for the headers and the body of a request together.
                transport: {
                    respondingTimeouts: {
                        readTimeout: `${settings.requestTimeout}s`,
                        writeTimeout: "0s",
                        idleTimeout: "180s",
                    },
                },
                forwardedHeaders,
            },
            // For the container's own health check only.
            ping: { address: `127.0.0.1:${EDGE_PING_PORT}`, http: ONE_SPELLING },
            ...Object.fromEntries(
                managementPorts(edge).map(({ name, internal }) => [
                    name,
                    { address: `:${internal}`, http: ONE_SPELLING },
                ]),
            ),
        },
        ...(acme && {
            certificatesResolvers: {
                acme: {
                    acme: {
                        email: acme.email,
                        caServer: acme.directory,
                        storage: "/acme/acme.json",
                        keyType: "EC256",
                        httpChallenge: { entryPoint: "http" },
                    },
                },
            },
        }),
    };
}

function publishedPort(edge: Service, name: string): PublishedPort {
    const found = edge.published.find((published) => published.name === name);
    if (found === undefined) {
        throw new Error(`the edge publishes no port named ${name}`);
    }
    return found;
}
