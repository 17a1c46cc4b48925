/** The claims of a service of the platform or of a product: its names, its logins, and the parts of a store. */

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

/** Every name that follows from a service, except hosts. */
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
    const instances = instancesOf(service).map((instance) => instance.name);
    return [
        // An agent's names are claimed with its application, even while that has no agent.
        ...(hasRole(service, "agent")
            ? []
            : [
                  ...namesAround(name).map((one) => claim("service", one)),
                  ...instances.slice(1).map((instance) => claim("service", instance)),
                  ...LAYERS.flatMap((layer) => layer.serviceClaims?.(service, claim) ?? []),
              ]),
        ...zones.flatMap((zone) => {
            // The engine's DNS also answers for the containers' own names, and since Docker 25 for their host names: see
            // buildEndpointDNSNames in https://github.com/moby/moby/blob/v25.0.0/daemon/container_operations.go
            const own = [...containerNames(environment, service), ...instances];
            return [...new Set([...aliases, ...(zoneAliases[zone] ?? []), ...own])].map((alias) =>
                claim("alias", alias, zone),
            );
        }),
        ...routes.map(({ host, path }, index) => ({
            // Paths are compared within one owner: two owners of one host conflict as hosts.
            ...claim("path", `${host}${wholeSegments(path)}`, ownerName(service)),
            by: `${base.by} routes[${index}]`,
        })),
        ...(kindOf(service).claims?.(service, claim) ?? []),
    ];
}
