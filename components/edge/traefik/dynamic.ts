/** Traefik's dynamic configuration from the platform: plain data in, plain data out, as JSON like the static one. */

import { RATE_LIMIT } from "../../../model/defaults";
import type { Platform, Route, Service } from "../../../model/platform";
import { mixedHosts } from "../../../model/mixed-hosts";
import { containerNames, networkName } from "../../../model/names";
import { mainPort } from "../../../model/ports";
import { hasRole } from "../../kinds";
import { FILES } from "../../hardening/files";
import { type EdgeSettings, managementPorts } from "./kind";
import { backgroundGuardsOf, guards, guardsOf, loginRoutes } from "./forward-auth";
import { backendsOf, RETRY } from "./replicas";
import {
    backgroundRouter,
    backgroundRuleOf,
    LOOPBACK_HOSTS,
    PRIORITY,
    priorityOf,
    routerName,
    ruleOf,
    unclearRuleOf,
} from "./routes";

/** The management port of Traefik itself: dashboard and metrics. The others are named after the service they lead to. */
const DASHBOARD = "traefik";

/**
 * Routers, services and middlewares. Traefik notices changes by itself.
 *
 * @param gateway - address from which connections through the host's published ports come
 */
export function dynamicConfiguration(
    platform: Platform,
    edge: Service,
    gateway: string,
    { acme, trustedProxies }: EdgeSettings,
): object {
    const tls = acme ? { certResolver: "acme" } : {};
    const routes = platform.services.flatMap((service) =>
        service.routes.map((route, index) => ({
            ...route,
            name: routerName(service, index),
            target: service,
        })),
    );
    const logins = loginRoutes(platform);
    const unclear = mixedHosts(routes).map((host, index) => ({
        name: `unclear-path-${index + 1}`,
        rule: unclearRuleOf(host),
        service: routes.find((route) => route.host === host)?.name,
    }));
    const limit = rateLimitFor(trustedProxies);
    const targets = managementPorts(edge)
        .filter(({ name }) => name !== DASHBOARD)
        .map(({ name }) => ({ name: `manage-${name}`, entryPoint: name, url: serviceUrl(platform, name) }));

    return {
        http: {
            routers: {
                ...byName(routes, (route) => ({
                    entryPoints: ["https"],
                    rule: ruleOf(route),
                    priority: priorityOf(route),
                    service: route.name,
                    middlewares: [...before(route), ...guardsOf(platform, route), ...after(route)],
                    tls,
                })),
                ...Object.fromEntries(
                    routes
                        .filter(({ auth }) => auth)
                        .map((route) => [
                            backgroundRouter(route.name),
                            {
                                entryPoints: ["https"],
                                rule: backgroundRuleOf(route),
                                priority: priorityOf(route) + 1,
                                service: route.name,
                                middlewares: [
                                    ...before(route),
                                    ...backgroundGuardsOf(platform, route),
                                    ...after(route),
                                ],
                                tls,
                            },
                        ]),
                ),
                ...byName(logins, ({ name, rule }) => ({
                    entryPoints: ["https"],
                    rule,
                    priority: PRIORITY.login,
                    service: name,
                    middlewares: ["secure-headers", "frames-deny", "plain-paths", "login-rate-limit", "strip-identity"],
                    tls,
                })),
                ...byName(unclear, ({ rule, service }) => ({
                    entryPoints: ["https"],
                    rule,
                    priority: PRIORITY.unclear,
                    service,
                    middlewares: ["secure-headers", "refuse"],
                    tls,
                })),
                ...byName(targets, ({ name, entryPoint }) => ({
                    entryPoints: [entryPoint],
                    rule: LOOPBACK_HOSTS,
                    service: name,
                    middlewares: ["host-only"],
                })),
                dashboard: {
                    entryPoints: [DASHBOARD],
                    rule: LOOPBACK_HOSTS,
                    service: "api@internal",
                    middlewares: ["host-only"],
                },
                metrics: {
                    entryPoints: [DASHBOARD],
                    rule: `${LOOPBACK_HOSTS} && Path(\`/metrics\`)`,
                    service: "prometheus@internal",
                    middlewares: ["host-only"],
                },
            },
            services: {
                ...(Object.assign(
                    {},
                    ...routes.map(({ name, target, port }) =>
                        backendsOf(name, target, hostsOf(platform, target), port),
                    ),
                ) as Record<string, object>),
                ...byName([...logins, ...targets], ({ url }) => ({ loadBalancer: { servers: [{ url }] } })),
            },
            middlewares: {
                // Management entry points listen in every zone of the edge. Connections through the host's loopback ports
                // come from the gateway of the edge's network; no container can have that address.
                "host-only": { ipAllowList: { sourceRange: [`${gateway}/32`] } },
                "secure-headers": {
                    headers: {
                        stsSeconds: 31_536_000,
                        stsIncludeSubdomains: true,
                        contentTypeNosniff: true,
                        customResponseHeaders: { Server: "", "X-Powered-By": "" },
                    },
                },
                // Traefik's headers replace the service's own, so a route with `frames: "own"` has neither of the two.
                "frames-deny": { headers: { frameDeny: true } },
                "frames-same-origin": { headers: { customFrameOptionsValue: "SAMEORIGIN" } },
                // Refuses encoded characters with 400: each means another path to some server.
                "plain-paths": {
                    encodedCharacters: {
                        allowEncodedSlash: false,
                        allowEncodedBackSlash: false,
                        allowEncodedNullCharacter: false,
                        allowEncodedSemicolon: false,
                        allowEncodedPercent: false,
                        allowEncodedQuestionMark: false,
                        allowEncodedHash: false,
                    },
                },
                // No visitor has this address.
                refuse: { ipAllowList: { sourceRange: ["255.255.255.255/32"], rejectStatusCode: 400 } },
                compress: { compress: {} },
                ...(routes.some(({ target }) => target.instances) && { retry: RETRY }),
                ...guards(platform, routes),
                ...(logins.length > 0 && {
                    "login-rate-limit": limit(RATE_LIMIT),
                }),
                ...Object.fromEntries(routes.map(({ name, rateLimit }) => [`${name}-rate-limit`, limit(rateLimit)])),
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

/** Middlewares of a route that run before authentication. */
function before({ name, frames = "deny", encodedCharacters }: Route & { readonly name: string }): string[] {
    return [
        "secure-headers",
        ...(frames === "own" ? [] : [`frames-${frames}`]),
        ...(encodedCharacters ? [] : ["plain-paths"]),
        `${name}-rate-limit`,
    ];
}

/** Middlewares of a route that run last. */
function after({ target }: { readonly target: Service }): string[] {
    return ["compress", ...(target.instances ? ["retry"] : [])];
}

/**
 * Creates rate limits per visitor. Behind trusted proxies, a visitor is the last address in `X-Forwarded-For` that is not a
 * proxy's; an address that the visitor wrote comes earlier in the list. Visitors that bypass the proxies share one count.
 * Without proxies, an IPv6 visitor is a /64, the range that one connection is given.
 */
function rateLimitFor(trustedProxies: readonly string[]): (average: number) => object {
    const ipStrategy = trustedProxies.length > 0 ? { excludedIPs: [...trustedProxies] } : { ipv6Subnet: 64 };
    return (average) => ({
        rateLimit: { average, burst: average * 2, period: "1s", sourceCriterion: { ipStrategy } },
    });
}

function serviceUrl(platform: Platform, name: string): string {
    const service = platform.services.find((candidate) => candidate.name === name);
    if (service === undefined) {
        throw new Error(`the edge has a management port for ${name}, which is no service`);
    }
    return `http://${hostsOf(platform, service)[0]}:${mainPort(service)}`;
}

/**
 * DNS names under which the edge finds a service's containers. The edge addresses each instance by its container's name,
 * because the instances' common name leads to any of them.
 *
 * When the edge shares several zones with a service, the name includes the zone of the declared flow. Otherwise the engine
 * picks a zone: Vault would take a request from the host for a request of the product that owns the zone.
 */
function hostsOf({ environment, flows, services }: Platform, service: Service): string[] {
    const edge = services.find((service) => hasRole(service, "edge"));
    const shared = service.zones.filter((zone) => edge?.zones.includes(zone));
    const flow = flows.find(({ from, to }) => from === edge?.name && to === service.name);
    const names = service.instances ? containerNames(environment, service) : [service.name];
    return flow === undefined || shared.length < 2
        ? names
        : names.map((name) => `${name}.${networkName(environment, flow.zone)}`);
}

function byName<T extends { readonly name: string }>(
    items: readonly T[],
    make: (item: T) => object,
): Record<string, object> {
    return Object.fromEntries(items.map((item) => [item.name, make(item)]));
}
