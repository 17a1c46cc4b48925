/** How layers add to a platform, one after the other. */

import type { Addition, Contribution, Draft } from "../components/layer";
import type { Service } from "./platform";

/** A draft with what a layer adds to it. */
export function extended(draft: Draft, contribution: Contribution): Draft {
    const {
        zones = [],
        services = [],
        flows = [],
        additions = [],
        entryPoints = [],
        secrets = [],
        databases = [],
        problems = [],
    } = contribution;
    const all = [...draft.additions, ...additions];
    return {
        ...draft,
        zones: [...draft.zones, ...zones],
        services: [
            ...draft.services.map((service) => withAdditions(service, additions)),
            ...services.map((service) => withAdditions(service, all)),
        ],
        flows: [...draft.flows, ...flows],
        additions: all,
        entryPoints: [...draft.entryPoints, ...entryPoints],
        secrets: [...draft.secrets, ...secrets],
        databases: [...draft.databases, ...databases],
        problems: [...draft.problems, ...problems],
        ...(contribution.realm && { realm: contribution.realm }),
    };
}

function withAdditions(service: Service, additions: readonly Addition[]): Service {
    return additions
        .filter((addition) => addition.service === service.name)
        .reduce<Service>(
            (before, { zones = [], zoneAliases, startsAfter = [], environment }) => ({
                ...before,
                zones: [...new Set([...before.zones, ...zones])],
                startsAfter: [...new Set([...startsAfter, ...before.startsAfter])],
                ...(environment && { environment: { ...environment, ...before.environment } }),
                ...(zoneAliases && { zoneAliases: { ...before.zoneAliases, ...zoneAliases } }),
            }),
            service,
        );
}
