/** What a service claims, be it the platform's or a product's: its names, its logins, and what a store is divided into. */

import type { Claim, ClaimKind } from "../claims";
import { DATABASE_MANAGER, databaseOwner } from "../database-name";
import { containerName, OWNER_ROLE, WRITER_ROLE } from "../names";
import { PLATFORM, type Platform, type Service } from "../platform";
import { PLATFORM_POSTGRES } from "../platform-services";
import { agentName } from "../secrets/vault-agent";

/** Databases that a server has from the start. */
const POSTGRES_DATABASES = ["postgres", "template0", "template1"];

/**
 * Roles that a server has, refuses, or reads as something else; `superuser` is the name of the superuser's password.
 *
 * @see https://www.postgresql.org/docs/17/sql-createrole.html
 */
const POSTGRES_ROLES = [
    "postgres",
    "superuser",
    "pg_*",
    "public",
    "none",
    "all",
    "user",
    "current_user",
    "current_role",
    "session_user",
];

/** A product's file, as messages name it. */
export function fileOf(product: string): string {
    return `products/${product}.ts`;
}

/** How messages name a service: `shop/api`, or `the platform's vault`. */
export function serviceLabel({ name, product }: Pick<Service, "name" | "product">): string {
    return product === PLATFORM ? `the platform's ${name}` : `${product}/${name.slice(product.length + 1)}`;
}

/** A path as claims have it: `/admin/` is `/admin`. */
function claimedPath(path: string): string {
    return path === "/" ? path : path.replace(/\/+$/, "");
}

/** Every name that follows from a service, hosts apart. */
export function serviceClaims({ environment }: Pick<Platform, "environment">, service: Service): Claim[] {
    const { name, product, kind, zones, aliases, zoneAliases = {}, routes } = service;
    const base = {
        owner: { product },
        by: serviceLabel(service),
        ...(product !== PLATFORM && { at: fileOf(product) }),
    };
    const claim = (of: ClaimKind, value: string, within?: string): Claim => ({
        ...base,
        of,
        value,
        ...(within !== undefined && { within }),
    });
    const names = kind === "application" ? [name, agentName(name)] : [name];
    return [
        // An agent is claimed by its application, whether the stack has agents or not.
        ...(kind === "vault-agent"
            ? []
            : [
                  ...names
                      .flatMap((one) => [one, `${one}-${WRITER_ROLE}`, `${one}-${OWNER_ROLE}`])
                      .map((one) => claim("service", one)),
                  claim("policy", name),
                  claim("approle", name),
              ]),
        ...zones.flatMap((zone) => {
            // The engine's DNS also answers for the container's own name.
            const answers = [...aliases, ...(zoneAliases[zone] ?? []), containerName(environment, name)];
            return [...new Set(answers)].map((alias) => claim("alias", alias, zone));
        }),
        ...routes.map(({ host, path }, index) => ({
            // Hosts of others are claimed as hosts.
            ...claim("path", `${host}${claimedPath(path)}`, product),
            by: `${base.by} routes[${index}]`,
        })),
        ...(kind === "postgres" ? databaseClaims(service, claim) : []),
        ...(kind === "redis" ? redisClaims(service, claim) : []),
    ];
}

type Make = (of: ClaimKind, value: string, within?: string) => Claim;

function reserved(of: ClaimKind, by: string, within: string, values: readonly string[]): Claim[] {
    return values.map((value) => ({ of, value, owner: { product: PLATFORM }, by, within }));
}

/** Databases, the roles of their clients and the roles that own them share two lists of names on a server. */
function databaseClaims({ name: server, product, databases }: Service, claim: Make): Claim[] {
    return [
        ...reserved("database", "Postgres", server, POSTGRES_DATABASES),
        ...reserved("database role", "Postgres", server, POSTGRES_ROLES),
        ...reserved("database role", "Vault's login", server, [DATABASE_MANAGER]),
        ...databases.flatMap(({ name, role }) =>
            [
                claim("database role", role, server),
                claim("database role", databaseOwner(name), server),
                claim("database", name, server),
                // A leased login of a product names a database without its server.
                ...(product === PLATFORM ? [] : [claim("database", role, product)]),
                // The name under which the program keeps the password.
                claim("login", `${server}-${role}`, "Postgres servers"),
            ].map((one) => ({
                ...one,
                by: `${one.by} databases.${role}`,
                ...(product === PLATFORM && server === PLATFORM_POSTGRES && { at: "strata:platformDatabases" }),
            })),
        ),
    ];
}

function redisClaims({ name: server, redisUsers }: Service, claim: Make): Claim[] {
    return [
        ...reserved("redis user", "Redis", server, ["default"]),
        ...redisUsers.flatMap(({ name, keyPrefix }) =>
            [
                claim("redis user", name, server),
                claim("key prefix", keyPrefix, server),
                claim("login", `${server}-${name}`, "Redis servers"),
            ].map((one) => ({ ...one, by: `${one.by} clients.${name}` })),
        ),
    ];
}
