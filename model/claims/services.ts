/** What a service claims, be it the platform's or a product's: its names, its logins, and what a store is divided into. */

import { hasRole, kindOf } from "../../components/kinds";
import { agentName } from "../../components/identity/vault-agent/kind";
import type { Claim, ClaimKind } from "../claims";
import { wholeSegments } from "../grammar";
import { instancesOf } from "../instances";
import { containerNames, OWNER_ROLE, WRITER_ROLE } from "../names";
import { type Owner, ownerLabel, ownerName, ownerOf, shortName } from "../owner";
import { PLATFORM, type Platform, type Service } from "../platform";

/** A product's file, as messages name it. */
export function fileOf(product: string): string {
    return `products/${product}.ts`;
}

/** How messages name a service: `shop/api`, or `the platform's vault`. */
export function serviceLabel(service: Owner & Pick<Service, "name">): string {
    return service.product === PLATFORM
        ? `the platform's ${service.name}`
        : `${ownerLabel(service)}/${shortName(service)}`;
}

/** Every name that follows from a service, hosts apart. */
export function serviceClaims({ environment }: Pick<Platform, "environment">, service: Service): Claim[] {
    const { name, product, zones, aliases, zoneAliases = {}, routes } = service;
    const base = {
        owner: ownerOf(service),
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
    const others = instancesOf(service).slice(1);
    return [
        // An agent is claimed by its application, which may have none yet.
        ...(hasRole(service, "agent")
            ? []
            : [
                  ...names
                      .flatMap((one) => [one, `${one}-${WRITER_ROLE}`, `${one}-${OWNER_ROLE}`])
                      .map((one) => claim("service", one)),
                  ...others.map((instance) => claim("service", instance.name)),
                  claim("policy", name),
                  claim("approle", name),
              ]),
        ...zones.flatMap((zone) => {
            // The engine's DNS also answers for the containers' own names.
            const answers = [...aliases, ...(zoneAliases[zone] ?? []), ...containerNames(environment, service)];
            return [...new Set(answers)].map((alias) => claim("alias", alias, zone));
        }),
        ...routes.map(({ host, path }, index) => ({
            // Hosts of others are claimed as hosts.
            ...claim("path", `${host}${wholeSegments(path)}`, ownerName(service)),
            by: `${base.by} routes[${index}]`,
        })),
        ...(kindOf(service).claims?.(service, claim) ?? []),
    ];
}
