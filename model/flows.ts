/** Declared calls become flows, each through one zone that both ends are in. */

import { ZONE_ROLES } from "./declaration";
import { serviceName } from "./owner";
import type { Flow, Service } from "./platform";
import { mainPort } from "./ports";
import type { Problem } from "./problems";
import { callsOf, zoneName } from "./product-services";
import type { ProductService, ZoneRole } from "./product";
import type { SelectedProduct } from "./selection";

/**
 * Flows between the product's services; problems for calls without a zone.
 *
 * @param resolved - services of the platform
 */
export function productFlows(
    { owner, product, services }: SelectedProduct,
    resolved: readonly Service[],
): { flows: Flow[]; problems: Problem[] } {
    const flows: Flow[] = [];
    const problems: Problem[] = [];
    const portOf = (short: string): number => {
        const name = serviceName(owner, short);
        return mainPort(resolved.find((service) => service.name === name) ?? { ports: {} });
    };

    for (const [short, service] of Object.entries(services)) {
        for (const callee of callsOf(services, short)) {
            const target = Object.hasOwn(services, callee) ? services[callee] : undefined;
            if (target === undefined) {
                continue;
            }
            const role = commonZone(service, target);
            if (role === undefined) {
                problems.push({
                    key: `${product.name}/${short} calls`,
                    value: `"${callee}"`,
                    accepted: `a service with a zone in common: ${short} is in ${list(service)}, ${callee} in ${list(target)}`,
                    next: `add one of those zones to the other service in products/${product.name}.ts`,
                });
                continue;
            }
            flows.push({
                from: serviceName(owner, short),
                to: serviceName(owner, callee),
                port: portOf(callee),
                zone: zoneName(owner, role),
            });
        }
    }
    return { flows, problems };
}

function commonZone(from: ProductService, to: ProductService): ZoneRole | undefined {
    return ZONE_ROLES.find((role) => from.zones.includes(role) && to.zones.includes(role));
}

function list({ zones }: ProductService): string {
    return zones.length > 0 ? zones.join(", ") : "none";
}
