/** Keys that a schema of zod leaves out of a map without a word. */

import type { Problem } from "../model/problems";
import { written } from "../model/schema/faults";
import type { PlaceOf } from "./problems";

const LOST = "__proto__";

/**
 * Problems of keys `__proto__`, which JSON and YAML make like any other key. zod leaves it out of maps, because an assignment of it
 * would change the object's prototype.
 *
 * @param name - of the setting that the value belongs to, with its namespace
 */
export function lostKeys(name: string, value: unknown, placeOf: PlaceOf): Problem[] {
    return pathsTo(value).map((path) => {
        const key = [name, written(path)].join(typeof path[0] === "number" ? "" : ".");
        return {
            key,
            accepted: `any other name: JavaScript keeps ${LOST} for itself`,
            next: `take it out ${placeOf(key)}`.trimEnd(),
        };
    });
}

function pathsTo(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
    if (typeof value !== "object" || value === null) return [];
    const parts: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    return parts.flatMap(([part, inner]) => [
        ...(part === LOST ? [[...path, part]] : []),
        ...pathsTo(inner, [...path, part]),
    ]);
}
