/** Which service may reach which hosts outside, from which addresses. Pure. */

import type { Outside, Platform } from "../../../model/platform";
import { EGRESS } from "./kind";

/** The permissions of one service. */
export interface Permission {
    /** Name of the service. */
    readonly service: string;
    /** Addresses of the zone in which it meets the proxy; nothing else is there. CIDR. */
    readonly source: string;
    readonly hosts: readonly Outside[];
}

/** The permissions of all services with hosts outside, in the order of the platform. */
export function permissionsOf({
    services,
    flows,
    zones,
}: Pick<Platform, "services" | "flows" | "zones">): Permission[] {
    return services.flatMap(({ name, egress = [] }) =>
        flows
            .filter(({ from, to }) => from === name && to === EGRESS)
            .flatMap((flow) => zones.filter((zone) => zone.name === flow.zone))
            .map(({ subnet }) => ({ service: name, source: subnet, hosts: egress })),
    );
}
