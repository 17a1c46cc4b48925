/** The table of what runs where. Pure. */

import type { Service } from "../../model/platform";
import type { RunningContainer } from "../engine/engine";
import { condition } from "../engine/evidence";
import { npmRun } from "../failure";
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

/** Longest line of the table, unless one word is longer. */
const WIDTH = 100;

/** What runs where: a table of services, and below it the addresses that people open. */
export function whereTable(rows: readonly ServiceRow[]): string[] {
    const name = Math.max(...rows.map(({ service }) => service.length), "SERVICE".length);
    const health = Math.max(...rows.map((row) => row.health.length), "HEALTH".length);
    const cells = rows.flatMap((row) =>
        wrapped(row.zones, WIDTH - name - health - 4).map((zones, index) =>
            index === 0 ? [row.service, row.health, zones] : ["", "", zones],
        ),
    );
    const addresses = rows.flatMap(({ service, where }) => where.map((address) => [service, address]));
    return [
        ...table(["SERVICE", "HEALTH", "ZONES"], cells),
        ...(addresses.length === 0 ? [] : ["", ...table(["SERVICE", "ADDRESS"], addresses)]),
    ];
}

/** One line instead of the table after a run that changed nothing; `undefined` when a service is not well. */
export function allWell(rows: readonly ServiceRow[], stack: string): string | undefined {
    const isWell = rows.every(({ health }) => health === "healthy" || health === "running");
    return isWell ? `${rows.length} services healthy (each of them: ${npmRun("status", stack)})` : undefined;
}

/** Words in lines of at most so many characters; one line at least. */
function wrapped(words: readonly string[], width: number): string[] {
    return words.reduce<string[]>(
        (lines, word) => {
            const last = lines.at(-1)!;
            if (last === "") return [word];
            const longer = `${last} ${word}`;
            return longer.length <= width ? [...lines.slice(0, -1), longer] : [...lines, word];
        },
        [""],
    );
}

function healthOf(service: Service, containers: readonly RunningContainer[]): string {
    const found = containers.find((container) => container.service === service.name);
    return found ? condition(found) : "missing";
}

function routesOf(service: Service, httpsPort: number): string[] {
    const port = httpsPort === 443 ? "" : `:${httpsPort}`;
    return service.routes.map(({ host, path }) => `https://${host}${port}${path}`);
}
