/** Reads the valid settings of a configuration that has problems. */

import { z } from "zod";

import { nearest } from "../model/nearest";
import { objectIn } from "../model/schema/shape";
import { partlyReadable } from "../model/unreadable";

/** Stands for a value that does not match the schema. */
const UNREADABLE = Symbol("unreadable");

/**
 * Reads each setting by itself. Reading a wrong setting from the result throws `Unreadable`; so does a missing setting that
 * a misspelt key was meant for. A list is readable only as a whole.
 *
 * @param schema - of an object
 * @param values - what was written, unknown keys included
 * @param hidden - names of settings of `schema` that are not to be read: their values are secret
 */
export function readableParts(
    schema: z.ZodObject,
    values: Readonly<Record<string, unknown>>,
    hidden: readonly string[],
): Record<string, unknown> {
    const names = Object.keys(schema.shape);
    const meant = Object.keys(values)
        .filter((name) => !names.includes(name))
        .map((name) => nearest(name, names));
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    const read = names.map((name) => [name, partOf(shape[name]!, values[name])] as const);
    const unreadable = read.filter(
        ([name, part]) =>
            part === UNREADABLE || hidden.includes(name) || (meant.includes(name) && values[name] === undefined),
    );
    return partlyReadable(
        Object.fromEntries(read),
        unreadable.map(([name]) => name),
    );
}

function partOf(schema: z.core.$ZodType, value: unknown): unknown {
    const whole = z.safeParse(schema, value);
    if (whole.success) return whole.data;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return UNREADABLE;
    const object = objectIn(schema, value);
    return object ? readableParts(object, value as Readonly<Record<string, unknown>>, []) : UNREADABLE;
}
