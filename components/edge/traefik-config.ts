/** Traefik's configuration from the platform: plain data in, plain data out. YAML is a superset of JSON, so JSON it is. */

import { EDGE_PING_PORT, RATE_LIMIT } from "../../model/defaults";
import type { Platform, PublishedPort, Service } from "../../model/platform";
import { networkName } from "../../model/names";
import type { EdgeConfig } from "../../model/stack-config";
import { FILES } from "../lib/files";
import { ENTRY_POINT_HEADERS, guards, guardsOf, loginRoutes } from "./forward-auth";

/** Settings of the edge that are not in the model: `strata:edge`. */
export type EdgeSettings = Pick<EdgeConfig, "acme" | "trustedProxies">;

/** Published ports that are for everyone; all others are for management, on the host's loopback address. */
const PUBLIC = new Set(["http", "https"]);

/** The management port of Traefik itself: dashboard and metrics. The others are named after the service they lead to. */
const DASHBOARD = "traefik";

/**
 * Static configuration: entry points, certificates, logs. A change replaces the container.
 *
 * @param hasIdentity - headers say who somebody is, so none may be smuggled in
 */
export function staticConfiguration(edge: Service, settings: EdgeSettings, hasIdentity = false): object {
    const forwardedHeaders = { trustedIPs: [...settings.trustedProxies] };
    const { acme } = settings;
    const http = publishedPort(edge, "http");
    const https = publishedPort(edge, "https");
    return {
        global: { checkNewVersion: false, sendAnonymousUsage: false },
        log: { level: "INFO", format: "json" },
        // Query strings and headers hold tokens; neither is logged.
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
                    redirections: { entryPoint: { to: `:${https.external}`, scheme: "https", permanent: true } },
                },
                forwardedHeaders,
            },
            https: {
                address: `:${https.internal}`,
                http: { tls: acme ? { certResolver: "acme" } : {}, ...(hasIdentity && ENTRY_POINT_HEADERS) },
                // Answers may stream for as long as they like, requests may not.
                transport: { respondingTimeouts: { readTimeout: "60s", writeTimeout: "0s", idleTimeout: "180s" } },
                forwardedHeaders,
            },
            // Only the container itself asks.
            ping: { address: `127.0.0.1:${EDGE_PING_PORT}` },
            ...Object.fromEntries(
                managementPorts(edge).map(({ name, internal }) => [name, { address: `:${internal}` }]),
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

/**
 * Routers, services and middlewares. Traefik notices changes by itself.
 *
 * @param gateway - where connections through the host's published ports come from
 */
export function dynamicConfiguration(
    platform: Platform,
    edge: Service,
    gateway: string,
    { acme }: EdgeSettings,
): object {
    const tls = acme ? { certResolver: "acme" } : {};
    const routes = platform.services.flatMap((service) =>
        service.routes.map((route, index) => ({
            ...route,
            name: service.routes.length === 1 ? service.name : `${service.name}-${index + 1}`,
            url: `http://${hostOf(platform, service)}:${route.port}`,
        })),
    );
    const logins = loginRoutes(platform);
    const targets = managementPorts(edge)
        .filter(({ name }) => name !== DASHBOARD)
        .map(({ name }) => ({ name: `manage-${name}`, entryPoint: name, url: serviceUrl(platform, name) }));

    return {
        http: {
            routers: {
                ...byName(routes, (route) => ({
                    entryPoints: ["https"],
                    rule: ruleOf(route),
                    service: route.name,
                    middlewares: [
                        "secure-headers",
                        `${route.name}-rate-limit`,
                        ...guardsOf(platform, route),
                        "compress",
                    ],
                    tls,
                })),
                ...byName(logins, ({ name, rule }) => ({
                    entryPoints: ["https"],
                    rule,
                    service: name,
                    middlewares: ["secure-headers", "login-rate-limit", "strip-identity"],
                    tls,
                })),
                ...byName(targets, ({ name, entryPoint }) => ({
                    entryPoints: [entryPoint],
                    rule: "PathPrefix(`/`)",
                    service: name,
                    middlewares: ["host-only"],
                })),
                dashboard: {
                    entryPoints: [DASHBOARD],
                    rule: "PathPrefix(`/`)",
                    service: "api@internal",
                    middlewares: ["host-only"],
                },
                metrics: {
                    entryPoints: [DASHBOARD],
                    rule: "Path(`/metrics`)",
                    service: "prometheus@internal",
                    middlewares: ["host-only"],
                },
            },
            services: byName([...routes, ...logins, ...targets], ({ url }) => ({
                loadBalancer: { servers: [{ url }] },
            })),
            middlewares: {
                // Management entry points listen in every zone the edge is in. What comes through the host's loopback
                // port arrives from the edge network's gateway, which no container can be.
                "host-only": { ipAllowList: { sourceRange: [`${gateway}/32`] } },
                "secure-headers": {
                    headers: {
                        stsSeconds: 31_536_000,
                        stsIncludeSubdomains: true,
                        contentTypeNosniff: true,
                        frameDeny: true,
                        referrerPolicy: "strict-origin-when-cross-origin",
                        customResponseHeaders: { Server: "", "X-Powered-By": "" },
                    },
                },
                compress: { compress: {} },
                ...guards(platform, routes),
                ...(logins.length > 0 && {
                    "login-rate-limit": { rateLimit: { average: RATE_LIMIT, burst: RATE_LIMIT * 2, period: "1s" } },
                }),
                ...Object.fromEntries(
                    routes.map(({ name, rateLimit }) => [
                        `${name}-rate-limit`,
                        { rateLimit: { average: rateLimit, burst: rateLimit * 2, period: "1s" } },
                    ]),
                ),
            },
        },
        tls: {
            options: { default: { minVersion: "VersionTLS12" } },
            ...(!acme && {
                stores: {
                    default: {
                        defaultCertificate: {
                            certFile: `${FILES}/secrets/certificate.pem`,
                            keyFile: `${FILES}/secrets/key.pem`,
                        },
                    },
                },
            }),
        },
    };
}

/** `PathPrefix` compares characters: to it `/administrator` begins with `/admin`. */
function ruleOf({ host, path }: { readonly host: string; readonly path: string }): string {
    if (path === "/") {
        return `Host(\`${host}\`)`;
    }
    return path.endsWith("/")
        ? `Host(\`${host}\`) && PathPrefix(\`${path}\`)`
        : `Host(\`${host}\`) && (Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
}

function publishedPort(edge: Service, name: string): PublishedPort {
    const found = edge.published.find((published) => published.name === name);
    if (found === undefined) {
        throw new Error(`the edge publishes no port named ${name}`);
    }
    return found;
}

function managementPorts(edge: Service): PublishedPort[] {
    return edge.published.filter(({ name }) => !PUBLIC.has(name));
}

function serviceUrl(platform: Platform, name: string): string {
    const service = platform.services.find((candidate) => candidate.name === name);
    if (service === undefined) {
        throw new Error(`the edge has a management port for ${name}, which is no service`);
    }
    return `http://${hostOf(platform, service)}:${service.ports[0]}`;
}

/**
 * A service that the edge also meets in other zones is asked through the zone of the declared flow. Otherwise the
 * engine picks a zone, and Vault would take a request from the host for one of the product whose zone that is.
 */
function hostOf({ environment, flows, services }: Platform, service: Service): string {
    const edge = services.find(({ kind }) => kind === "edge");
    const shared = service.zones.filter((zone) => edge?.zones.includes(zone));
    const flow = flows.find(({ from, to }) => from === edge?.name && to === service.name);
    return flow === undefined || shared.length < 2
        ? service.name
        : `${service.name}.${networkName(environment, flow.zone)}`;
}

function byName<T extends { readonly name: string }>(
    items: readonly T[],
    make: (item: T) => object,
): Record<string, object> {
    return Object.fromEntries(items.map((item) => [item.name, make(item)]));
}
