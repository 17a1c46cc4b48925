/**
 * Creates services of the platform from a product's data. Parts that do not fit are left out here and reported elsewhere.
 */

import { addressesOf } from "./address-plan";
import { kindOf } from "../components/kinds";
import { type CommonDeclaration, OUTSIDE_PORT, ZONE_ROLES } from "./declaration";
import { healthCheckOf, RATE_LIMIT } from "./defaults";
import { wholeSegments } from "./grammar";
import { rolesOf } from "./identity/realm";
import { type Owner, ownerName, serviceName } from "./owner";
import type { Ports, Route, Service, Tier, Zone } from "./platform";
import { mainPort } from "./ports";
import type { Product, ProductRoute, ZoneRole } from "./product";
import { clientsOf, type SelectedProduct, waitingFor } from "./selection";
import type { StackConfig } from "./stack-config";

const ZONE_SUFFIX: Readonly<Record<ZoneRole, string>> = { web: "-web-net", app: "-net", data: "-db-net" };

/** For example `psra-db-net`. */
export function zoneName(owner: Owner, role: ZoneRole): string {
    return `${ownerName(owner)}${ZONE_SUFFIX[role]}`;
}

/** Calls and logins of a service, by short name, before any check. */
export function callsOf(services: Readonly<Record<string, CommonDeclaration>>, name: string): string[] {
    const calls = services[name]?.calls ?? [];
    const stores = Object.keys(services).filter((other) => {
        const candidate = services[other];
        return candidate !== undefined && clientsOf(candidate, other).includes(name);
    });
    return [...new Set([...stores, ...calls])];
}

/** The product's zones that have at least one member. */
export function productZones({ owner, product, services }: SelectedProduct, addressBase: string): Zone[] {
    const used = new Set(Object.values(services).flatMap(({ zones }) => zones));
    return ZONE_ROLES.flatMap((role) => {
        const zone = product.zones[role];
        if (zone === undefined || !used.has(role)) {
            return [];
        }
        return [
            {
                name: zoneName(owner, role),
                ...owner,
                tier: role satisfies Tier,
                ...addressesOf(addressBase, zone.subnet),
                internal: true,
                peers: zone.peers ?? false,
            },
        ];
    });
}

/** The product's services as the platform runs them. */
export function productServices(environment: string, config: StackConfig, selected: SelectedProduct): Service[] {
    const { owner, product, services } = selected;
    return Object.entries<CommonDeclaration>(services).flatMap(([short, declared]): Service[] => {
        const kind = kindOf(declared);
        const name = serviceName(owner, short);
        const place = { owner, product: product.name, name: short, services };
        const resolved = kind.declared?.resolve(declared, place, config, environment);
        if (resolved === undefined) {
            return [];
        }
        const { image, ports, environment: settings, spec, instances, isStandIn = false } = resolved;
        const service = {
            name,
            ...owner,
            layer: "products",
            kind: declared.kind,
            image,
            zones: ZONE_ROLES.filter((role) => declared.zones.includes(role) && product.zones[role] !== undefined).map(
                (role) => zoneName(owner, role),
            ),
            aliases: [short, name],
            ports,
            published: [],
            routes: routesOf(product, short, routesDeclaredBy(declared, owner, environment), ports, config),
            ...egressOf(declared),
            limits: { ...kind.limits, ...declared.limits },
            startsAfter: startsAfter(services, short).map((other) => serviceName(owner, other)),
            environment: settings,
            spec,
            ...(instances && { instances }),
        } as const;
        const probe = healthCheckOf(service, config);
        // A product's own test fits the product's own image only, so a stand-in keeps its kind's test.
        const own = { ...declared.healthCheck, ...(isStandIn && { test: probe.test }) };
        return [{ ...service, healthCheck: { ...probe, ...own } } as Service];
    });
}

/** The routes that an author writes for a service, and those that follow from its kind. */
export function routesDeclaredBy(declared: CommonDeclaration, owner: Owner, environment: string): ProductRoute[] {
    const { routes = [] } = declared;
    return [...routes, ...(kindOf(declared).declared?.routes?.(declared, owner, environment) ?? [])];
}

function routesOf(
    product: Product,
    short: string,
    routes: readonly ProductRoute[],
    ports: Ports,
    config: StackConfig,
): Route[] {
    const isProtected = config.identity?.keycloak?.protect.includes(`${product.name}/${short}`) ?? false;
    const port = mainPort({ ports });
    return routes.map((route) => ({
        host: `${route.host ?? product.name}.${config.domain}`,
        path: wholeSegments(route.path ?? "/"),
        port,
        rateLimit: route.rateLimit ?? RATE_LIMIT,
        auth: isProtected || (route.auth ?? false),
        ...((isProtected || route.auth) && { roles: product.identity ? rolesOf(product.name, product.identity) : [] }),
        ...(route.frames && { frames: route.frames }),
        ...(route.encodedCharacters && { encodedCharacters: true }),
    }));
}

function egressOf({ egress = [] }: CommonDeclaration): Pick<Service, "egress"> {
    return egress.length === 0 ? {} : { egress: egress.map(({ host, port = OUTSIDE_PORT }) => ({ host, port })) };
}

/**
 * The services that a service waits for (requirement A3): its stores, the services it calls, those that name it in
 * `startsBefore`, and jobs that must have ended before it.
 *
 * A gateway starts before the backends that it calls, and is of use once they run. So a service that waits for the gateway
 * also waits for its backends, unless the gateway starts before that service too. The order becomes gateway, backends,
 * frontends without naming each pair.
 */
function startsAfter(services: Readonly<Record<string, CommonDeclaration>>, name: string): string[] {
    const before = (other: string): readonly string[] => services[other]?.startsBefore ?? [];
    const isBefore = (other: string): boolean =>
        before(other).includes(name) || waitingFor(services[other]!).includes(name);
    const waited = callsOf(services, name).filter((callee) => !before(name).includes(callee));
    const startedFirst = Object.keys(services).filter(isBefore);
    const behind = waited.filter((callee) => !before(callee).includes(name)).flatMap(before);
    return [...new Set([...waited, ...startedFirst, ...behind])].filter(
        (other) => other !== name && Object.hasOwn(services, other),
    );
}
