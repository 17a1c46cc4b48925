/** What can be read of a configuration that is not right as a whole. */

import { z } from "zod";

import { nearest } from "./model/nearest";
import { partlyReadable } from "./model/unreadable";

/** Instead of a value that is not as the schema wants it. */
const UNREADABLE = Symbol("unreadable");

/**
 * Reads each setting by itself. One that is wrong, or that a misspelt key was meant for, stops whoever asks for it; a list is right as
 * a whole or not at all.
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
    const object = objectIn(schema, value as Readonly<Record<string, unknown>>);
    return object ? readableParts(object, value as Readonly<Record<string, unknown>>, []) : UNREADABLE;
}

/** The schema of an object's settings; of several kinds of objects, that of the kind that the value says it is. */
function objectIn(schema: unknown, value: Readonly<Record<string, unknown>>): z.ZodObject | undefined {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) return inner;
    if (!(inner instanceof z.ZodDiscriminatedUnion)) return undefined;
    const name = inner.def.discriminator;
    const kinds = inner.options.filter((kind): kind is z.ZodObject => kind instanceof z.ZodObject);
    return kinds.find(({ shape }) => z.safeParse(shape[name] as z.core.$ZodType, value[name]).success);
}

/** The schema of a value that is there: without what says that it may be missing. */
export function unwrap(type: unknown): unknown {
    let at = type;
    while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) {
        at = at.unwrap();
    }
    return at;
}
