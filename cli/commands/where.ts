/** The table of what runs where. Pure. */

import type { Service } from "../../model/platform";
import type { RunningContainer } from "../engine/engine";
import { condition } from "../engine/evidence";
import { table } from "../output/text";
import type { Declared } from "../stacks/platform";

/** One service in the table and in `--json`. */
export interface ServiceRow {
    readonly service: string;
    readonly zones: readonly string[];
    readonly health: string;
    /** URLs at the edge, or `address:port name` on the host; empty for a service that is reached inside only. */
    readonly where: readonly string[];
}

/** Declared services in their start order, with the health that the engine reports. */
export function serviceRows({ platform, config }: Declared, containers: readonly RunningContainer[]): ServiceRow[] {
    const { port } = config.edge.https;
    return platform.services.map((service) => ({
        service: service.name,
        zones: service.zones,
        health: healthOf(service, containers),
        where: [
            ...routesOf(service, port),
            ...service.published.map((it) => `${it.address}:${it.external} (${it.name})`),
        ],
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

function routesOf(service: Service, httpsPort: number): string[] {
    const port = httpsPort === 443 ? "" : `:${httpsPort}`;
    return service.routes.map(({ host, path }) => `https://${host}${port}${path}`);
}
