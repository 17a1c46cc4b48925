/** The table of what runs where. Pure. */

import type { Service } from "../../model/platform";
import { instanceOf, type RunningContainer } from "../../engine/containers";
import { instancesOf } from "../../model/instances";
import { condition } from "../engine/evidence";
import { npmRun } from "../failure";
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

/** Conditions of a container that is as it should be. */
const WELL = ["healthy", "running", "done", "idle"];

/** One line instead of the table after a run that changed nothing; `undefined` when a service is not well. */
export function allWell(rows: readonly ServiceRow[], stack: string): string | undefined {
    const isWell = rows.every(({ health }) => WELL.includes(health));
    return isWell ? `${rows.length} services healthy (each of them: ${npmRun("status", stack)})` : undefined;
}

/** Wraps words into lines of at most `width` characters; returns at least one line. */
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

/** The health of a service: of several instances, that of the first that is not well. */
function healthOf(service: Service, containers: readonly RunningContainer[]): string {
    const conditions = instancesOf(service).map(({ name }) => {
        const found = containers.find((container) => instanceOf(container) === name);
        return found ? condition(found) : "missing";
    });
    return conditions.find((one) => !WELL.includes(one)) ?? conditions[0]!;
}
