/** What a service claims, be it the platform's or a product's: its names, its logins, and what a store is divided into. */

import { hasRole, kindOf } from "../../components/kinds";
import { agentName } from "../../components/identity/vault-agent/kind";
import type { Claim, ClaimKind } from "../claims";
import { wholeSegments } from "../grammar";
import { containerName, OWNER_ROLE, WRITER_ROLE } from "../names";
import { PLATFORM, type Platform, type Service } from "../platform";

/** A product's file, as messages name it. */
export function fileOf(product: string): string {
    return `products/${product}.ts`;
}

/** How messages name a service: `shop/api`, or `the platform's vault`. */
export function serviceLabel({ name, product }: Pick<Service, "name" | "product">): string {
    return product === PLATFORM ? `the platform's ${name}` : `${product}/${name.slice(product.length + 1)}`;
}

/** Every name that follows from a service, hosts apart. */
export function serviceClaims({ environment }: Pick<Platform, "environment">, service: Service): Claim[] {
    const { name, product, zones, aliases, zoneAliases = {}, routes } = service;
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
    const names = hasRole(service, "application") ? [name, agentName(name)] : [name];
    return [
        // An agent is claimed by its application, which may have none yet.
        ...(hasRole(service, "agent")
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
            ...claim("path", `${host}${wholeSegments(path)}`, product),
            by: `${base.by} routes[${index}]`,
        })),
        ...(kindOf(service).claims?.(service, claim) ?? []),
    ];
}
