/** From a product's data to services of the platform. Tolerant: what does not fit is left out and reported elsewhere. */

import { addressesOf } from "./address-plan";
import { databaseName, databaseRole } from "./database-name";
import { healthCheckOf, IMAGE_OF, LIMITS, PORT, portSettings, RATE_LIMIT } from "./defaults";
import { rolesOf } from "./identity/realm";
import { standInOf } from "./images";
import type { Database, RedisUser, Route, Service, Tier, Zone } from "./platform";
import type { ApplicationService, Product, ProductRoute, ProductService, ZoneRole } from "./product";
import { clientsOf, type SelectedProduct } from "./selection";
import type { StackConfig } from "./stack-config";

/** Zone roles in the order in which a call between two services that share several zones takes them. */
export const ZONE_ROLES = ["app", "web", "data"] as const satisfies readonly ZoneRole[];

const ZONE_SUFFIX: Readonly<Record<ZoneRole, string>> = { web: "-web-net", app: "-net", data: "-db-net" };

/** For example `psra-db-net`. */
export function zoneName(product: string, role: ZoneRole): string {
    return `${product}${ZONE_SUFFIX[role]}`;
}

/** For example `psra-api`. */
export function serviceName(product: string, service: string): string {
    return `${product}-${service}`;
}

/** Port that a service listens on. */
export function portOf(service: ProductService): number {
    return service.kind === "application" ? service.port : PORT[service.kind];
}

/** Calls and logins of a service, by short name, before any check. */
export function callsOf(services: Readonly<Record<string, ProductService>>, name: string): string[] {
    const service = services[name];
    const calls = service?.kind === "application" ? (service.calls ?? []) : [];
    const stores = Object.keys(services).filter((other) => {
        const candidate = services[other];
        return candidate !== undefined && clientsOf(candidate).includes(name);
    });
    return [...new Set([...stores, ...calls])];
}

/** The zones that have a member. */
export function productZones({ product, services }: SelectedProduct, addressBase: string): Zone[] {
    const used = new Set(Object.values(services).flatMap(({ zones }) => zones));
    return ZONE_ROLES.flatMap((role) => {
        const zone = product.zones[role];
        if (zone === undefined || !used.has(role)) {
            return [];
        }
        return [
            {
                name: zoneName(product.name, role),
                product: product.name,
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
    const { product, services } = selected;
    return Object.entries(services).map(([short, service]): Service => {
        const name = serviceName(product.name, short);
        const release = config.releases[`${product.name}/${short}`];
        const image = service.kind === "application" ? (release ?? IMAGE_OF.application) : IMAGE_OF[service.kind];
        const port = portOf(service);
        const standIn = standInOf(config);
        const probe = healthCheckOf(service.kind, image, port, config.vault, config.healthCheckInterval, { standIn });
        return {
            name,
            product: product.name,
            layer: "products",
            kind: service.kind,
            image,
            zones: ZONE_ROLES.filter((role) => service.zones.includes(role) && product.zones[role] !== undefined).map(
                (role) => zoneName(product.name, role),
            ),
            aliases: [short, name],
            ports: [port],
            published: [],
            routes: service.kind === "application" ? routesOf(product, short, service, config) : [],
            limits: { ...LIMITS[service.kind], ...service.limits },
            healthCheck: {
                ...probe,
                ...service.healthCheck,
                // A product's own test is about the product's own image.
                ...(image === IMAGE_OF.application ? { test: probe.test } : {}),
            },
            after: startsAfter(services, short).map((other) => serviceName(product.name, other)),
            environment:
                service.kind === "application" ? { ...portSettings(image, port, standIn), ...service.environment } : {},
            databases: service.kind === "postgres" ? databasesOf(environment, product.name, services, service) : [],
            ...(service.kind === "postgres" &&
                service.sharedMemoryMiB !== undefined && { sharedMemoryMiB: service.sharedMemoryMiB }),
            redisUsers: service.kind === "redis" ? redisUsersOf(product.name, services, service) : [],
            // A product's own command is about the product's own image, too.
            ...(service.kind === "application" && image !== IMAGE_OF.application ? processOf(service) : {}),
        };
    });
}

function processOf({ command, reload = "watch" }: ApplicationService): Pick<Service, "command" | "reload"> {
    return { ...(command && { command }), ...(reload !== "watch" && { reload }) };
}

function routesOf(product: Product, short: string, service: ApplicationService, config: StackConfig): Route[] {
    const isProtected = config.identity?.keycloak?.protect.includes(`${product.name}/${short}`) ?? false;
    return (service.routes ?? []).map((route: ProductRoute) => ({
        host: `${route.host ?? product.name}.${config.domain}`,
        path: wholeSegments(route.path ?? "/"),
        port: service.port,
        rateLimit: route.rateLimit ?? RATE_LIMIT,
        auth: isProtected || (route.auth ?? false),
        ...((isProtected || route.auth) && { roles: product.identity ? rolesOf(product.name, product.identity) : [] }),
        ...(route.frames && { frames: route.frames }),
        ...(route.encodedCharacters && { encodedCharacters: true }),
    }));
}

/** `/admin/` is `/admin`, with all that is below it. */
function wholeSegments(path: string): string {
    return path === "/" ? path : path.replace(/\/+$/, "");
}

function databasesOf(
    environment: string,
    product: string,
    services: Readonly<Record<string, ProductService>>,
    postgres: Extract<ProductService, { kind: "postgres" }>,
): Database[] {
    // A database stays when a stack leaves out all of its clients: its data does not go with a line of configuration.
    return Object.entries(postgres.databases).map(([name, { clients, extensions }]) => ({
        name: databaseName(name, environment),
        role: databaseRole(name),
        extensions: extensions ?? [],
        clients: clients.filter((client) => client in services).map((client) => serviceName(product, client)),
    }));
}

function redisUsersOf(
    product: string,
    services: Readonly<Record<string, ProductService>>,
    { clients, scripts = [] }: Extract<ProductService, { kind: "redis" }>,
): RedisUser[] {
    return clients
        .filter((client) => client in services)
        .map((client) => ({
            name: client,
            keyPrefix: `${client}:`,
            client: serviceName(product, client),
            ...(scripts.includes(client) && { scripts: true }),
        }));
}

/**
 * What a service waits for (requirement A3): its stores, those it calls, and those that say they start before it.
 *
 * A gateway starts before the backends that it calls and is of use once they run, so whoever waits for the gateway waits for
 * them too, unless they are started by the same gateway. That gives gateway, backends, frontends without naming each pair.
 */
function startsAfter(services: Readonly<Record<string, ProductService>>, name: string): string[] {
    const before = (other: string): readonly string[] => {
        const service = services[other];
        return service?.kind === "application" ? (service.startsBefore ?? []) : [];
    };
    const waited = callsOf(services, name).filter((callee) => !before(name).includes(callee));
    const startedFirst = Object.keys(services).filter((other) => before(other).includes(name));
    const behind = waited.filter((callee) => !before(callee).includes(name)).flatMap(before);
    return [...new Set([...waited, ...startedFirst, ...behind])].filter((other) => other !== name && other in services);
}
