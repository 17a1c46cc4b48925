/** The table of what runs where. Pure. */

import type { Service } from "../../model/platform";
import type { RunningContainer } from "../engine/engine";
import { condition } from "../engine/evidence";
import { pageAtPort, pagesOf } from "../identity/pages";
import { table } from "../output/text";
import type { Declared } from "../stacks/platform";

/** One service in the table and in `--json`. */
export interface ServiceRow {
    readonly service: string;
    readonly zones: readonly string[];
    readonly health: string;
    /** Pages at the edge and on the host that answer, or `address:port (name)`; empty for a service that is reached inside only. */
    readonly where: readonly string[];
}

/** Declared services in their start order, with the health that the engine reports. */
export function serviceRows(
    declared: Pick<Declared, "platform" | "config">,
    containers: readonly RunningContainer[],
): ServiceRow[] {
    return declared.platform.services.map((service) => ({
        service: service.name,
        zones: service.zones,
        health: healthOf(service, containers),
        where: [...pagesOf(service, declared), ...service.published.map((port) => pageAtPort(port, declared))],
    }));
}

/** Lines of the table. */
export function whereTable(rows: readonly ServiceRow[]): string[] {
    const cells = rows.map(({ service, zones, health, where }) => [
        service,
        health,
        zones.join(" "),
        where.join("  ") || "-",
    ]);
    return table(["SERVICE", "HEALTH", "ZONES", "WHERE"], cells);
}

function healthOf(service: Service, containers: readonly RunningContainer[]): string {
    const found = containers.find((container) => container.service === service.name);
    return found ? condition(found) : "missing";
}
