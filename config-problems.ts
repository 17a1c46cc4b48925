/** Turns what zod found into problems that say what to do. */

import { z } from "zod";

import { unwrap } from "./config-parts";
import { nearest } from "./model/nearest";
import type { Problem } from "./model/problems";

/**
 * Where a person changes a setting, after "correct it": `in Pulumi.local.yaml`. Empty where that is said for all of them.
 *
 * @param setting - for example `strata:edge.https.port`
 */
export type PlaceOf = (setting: string) => string;

/**
 * Problems of one issue that zod found.
 *
 * @param values - what was checked
 * @param namespace - of the configuration keys, `strata`
 * @param schema - the one that found it, to suggest names that it knows
 * @param secretKeys - full keys whose values are never quoted
 * @param placeOf - where to correct what is wrong
 */
export function problemsOf(
    issue: z.core.$ZodIssue,
    values: unknown,
    namespace: string,
    schema: z.ZodType,
    secretKeys: readonly string[],
    placeOf: PlaceOf,
): Problem[] {
    const [name = "", ...path] = issue.path.map(String);
    const key = `${namespace}:${name}`;
    const where = path.reduce((all, part) => (/^\d+$/.test(part) ? `${all}[${part}]` : `${all}.${part}`), key);

    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map((unknown) => unknownKey(`${where}.`, unknown, knownKeys(schema, issue.path)));
        case "invalid_key":
            return [
                {
                    key: where,
                    accepted: issue.issues[0]?.message ?? issue.message,
                    next: `correct the key ${placeOf(where)}`.trimEnd(),
                },
            ];
        default: {
            const value = issue.path.reduce<unknown>(property, values);
            if (value === undefined) {
                return [{ key: where, accepted: issue.message, next: `add it ${placeOf(where)}`.trimEnd() }];
            }
            return [
                {
                    key: where,
                    ...(secretKeys.includes(key) ? {} : { value: shown(value) }),
                    accepted: issue.message,
                    next: `correct it ${placeOf(where)}`.trimEnd(),
                },
            ];
        }
    }
}

/** Characters of a value that is shown whole, and of the beginning of a longer one, such as a PGP key: its key says which one it is. */
const WHOLE = 200;
const BEGINNING = 40;

/** A value as JSON. */
function shown(value: unknown): string {
    const text = JSON.stringify(value);
    return text.length > WHOLE ? `${text.slice(0, BEGINNING)}… (${text.length} characters)` : text;
}

function property(of: unknown, name: PropertyKey): unknown {
    return typeof of === "object" && of !== null ? (of as Record<PropertyKey, unknown>)[name] : undefined;
}

/** The command that writes a setting into the file that `pulumi` was given. */
export function setCommand(setting: string): string {
    const path = /[.[]/.test(setting.slice(setting.indexOf(":"))) ? "--path " : "";
    return `pulumi config set ${path}'${setting}' <value>`;
}

/**
 * A key that nobody declared. Its value is not quoted: what was meant is unknown, so it could be a secret.
 *
 * @param prefix - what comes before the name: the namespace, or the path to the object that holds it
 */
export function unknownKey(prefix: string, name: string, known: readonly string[]): Problem {
    const meant = nearest(name, known);
    return {
        key: `${prefix}${name}`,
        accepted: `one of ${known.join(", ")}`,
        next:
            meant === undefined
                ? "take it out of the stack file"
                : `did you mean ${prefix}${meant}? Rename it or take it out`,
    };
}

/** Names that the object at a path may have. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
    let at: unknown = schema;
    for (const part of path) {
        at = unwrap(at);
        at =
            at instanceof z.ZodObject
                ? (at.shape as Record<PropertyKey, unknown>)[part]
                : at instanceof z.ZodArray
                  ? at.element
                  : undefined;
    }
    at = unwrap(at);
    return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
