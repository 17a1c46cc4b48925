/** Looks into schemas: finds the object schema at a path, and the keys that it accepts. */

import { z } from "zod";

/** The schema of a value that is present, without the wrappers for missing values. */
export function unwrap(type: unknown): unknown {
    let at = type;
    while (
        at instanceof z.ZodOptional ||
        at instanceof z.ZodExactOptional ||
        at instanceof z.ZodDefault ||
        at instanceof z.ZodPrefault
    ) {
        at = at.unwrap();
    }
    return at;
}

/** The object schema for a value. Among several kinds of objects, it is the kind that the value's discriminator names. */
export function objectIn(schema: unknown, value: unknown): z.ZodObject | undefined {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) return inner;
    if (!(inner instanceof z.ZodDiscriminatedUnion)) return undefined;
    const name = inner.def.discriminator;
    const kinds = inner.options.filter((kind): kind is z.ZodObject => kind instanceof z.ZodObject);
    return kinds.find(({ shape }) => z.safeParse(shape[name] as z.core.$ZodType, property(value, name)).success);
}

/** Names of the keys that the object at a path may have. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[], values: unknown): string[] {
    let at: unknown = schema;
    let value = values;
    for (const part of path) {
        at = childOf(at, value, part);
        value = property(value, part);
    }
    return Object.keys(objectIn(at, value)?.shape ?? {});
}

function childOf(schema: unknown, value: unknown, part: PropertyKey): unknown {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodArray) return inner.element;
    if (inner instanceof z.ZodRecord) return inner.valueType;
    return property(objectIn(inner, value)?.shape, part);
}

/** The property of an object; undefined when the value is not an object. */
export function property(of: unknown, name: PropertyKey): unknown {
    return typeof of === "object" && of !== null ? (of as Record<PropertyKey, unknown>)[name] : undefined;
}
