/** What a service claims, be it the platform's or a product's: its names, its logins, and what a store is divided into. */

import { hasRole, kindOf } from "../../components/kinds";
import { LAYERS } from "../../components/layers";
import type { MakeClaim } from "../../components/kind";
import type { Claim } from "../claims";
import { wholeSegments } from "../grammar";
import { instancesOf } from "../instances";
import { containerNames, namesAround } from "../names";
import { ownerName, ownerOf } from "../owner";
import { PLATFORM, type Platform, type Service } from "../platform";
import { fileOf, serviceLabel } from "./labels";

/** Every name that follows from a service, hosts apart. */
export function serviceClaims({ environment }: Pick<Platform, "environment">, service: Service): Claim[] {
    const { name, product, zones, aliases, zoneAliases = {}, routes } = service;
    const base = {
        owner: ownerOf(service),
        by: serviceLabel(service),
        ...(product !== PLATFORM && { at: fileOf(product) }),
    };
    const claim: MakeClaim = (of, value, within) => ({
        ...base,
        of,
        value,
        ...(within !== undefined && { within }),
    });
    const others = instancesOf(service).slice(1);
    return [
        // An agent is claimed for its application, which may have none yet.
        ...(hasRole(service, "agent")
            ? []
            : [
                  ...namesAround(name).map((one) => claim("service", one)),
                  ...others.map((instance) => claim("service", instance.name)),
                  ...LAYERS.flatMap((layer) => layer.serviceClaims?.(service, claim) ?? []),
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
