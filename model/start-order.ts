/** The order in which services start (requirement A3). */

/** The part of a service that the start order depends on. */
export interface Startable {
    readonly name: string;
    /** Names of the services that must be healthy first. */
    readonly startsAfter: readonly string[];
}

/**
 * Either the services, each after those it waits for, or the names around a cycle with the first name repeated at the end.
 */
export type StartOrder = { readonly order: readonly string[] } | { readonly cycle: readonly string[] };

/**
 * The order of start. Services that do not wait for each other keep the given order. Names that are not given count as
 * healthy.
 */
export function startOrder(services: readonly Startable[]): StartOrder {
    const byName = new Map(services.map((service) => [service.name, service]));
    const order: string[] = [];
    const done = new Set<string>();

    const visit = (service: Startable, path: readonly string[]): readonly string[] | undefined => {
        const seen = path.indexOf(service.name);
        if (seen >= 0) {
            return [...path.slice(seen), service.name];
        }
        if (done.has(service.name)) {
            return undefined;
        }
        for (const name of service.startsAfter) {
            const before = byName.get(name);
            const cycle = before && visit(before, [...path, service.name]);
            if (cycle) {
                return cycle;
            }
        }
        done.add(service.name);
        order.push(service.name);
        return undefined;
    };

    for (const service of services) {
        const cycle = visit(service, []);
        if (cycle) {
            return { cycle };
        }
    }
    return { order };
}
