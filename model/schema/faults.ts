/**
 * Turns zod's findings into faults: one for each thing that a person has to correct. The caller adds the names of places.
 */

import type { z } from "zod";

import { suggestion } from "../nearest";
import type { Advice } from "./leaves";
import { knownKeys, property } from "./shape";

/** A deviation from a schema. */
export type Fault = UnknownKey | WrongKey | Missing | WrongValue;

/** A key that the schema does not know. The intended key is unknown, so the value could be a secret. */
export interface UnknownKey {
    readonly is: "unknown key";
    /** Path of the object that has the key. */
    readonly path: readonly PropertyKey[];
    readonly name: string;
    readonly known: readonly string[];
}

/** A key of a map in a wrong form. */
export interface WrongKey {
    readonly is: "wrong key";
    /** Path of the map. */
    readonly path: readonly PropertyKey[];
    readonly name: string;
    readonly accepted: string;
    readonly advice?: Advice;
}

/** A required value that is missing. */
export interface Missing {
    readonly is: "missing";
    readonly path: readonly PropertyKey[];
    readonly accepted: string;
}

/**
 * `type`: the value has another type. `choice`: the value is none of the accepted values or kinds. No check can use such a
 * value. `form`: everything else.
 */
export type Wrong = "type" | "choice" | "form";

/** A value that is not accepted. */
export interface WrongValue {
    readonly is: "wrong value";
    readonly path: readonly PropertyKey[];
    readonly value: unknown;
    readonly accepted: string;
    /** All words that are accepted. @default - other values are accepted as well */
    readonly words?: readonly string[];
    readonly advice?: Advice;
    /** What is wrong with it. */
    readonly wrong: Wrong;
}

/**
 * The faults of one issue that zod found.
 *
 * @param values - what was checked
 * @param schema - the schema that found the issue
 */
export function faultsOf(issue: z.core.$ZodIssue, values: unknown, schema: z.ZodType): Fault[] {
    const { path } = issue;
    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map((name) => ({
                is: "unknown key",
                path,
                name,
                known: knownKeys(schema, path, values),
            }));
        case "invalid_key": {
            const [first = issue] = issue.issues;
            const name = String(path.at(-1));
            return [{ is: "wrong key", path: path.slice(0, -1), name, accepted: first.message, ...adviceOf(first) }];
        }
        default: {
            const value = path.reduce<unknown>(property, values);
            const accepted = issue.message;
            if (value === undefined) return [{ is: "missing", path, accepted }];
            return [
                {
                    is: "wrong value",
                    path,
                    value,
                    accepted,
                    ...wordsOf(issue),
                    ...adviceOf(issue),
                    wrong: wrongIn(issue),
                },
            ];
        }
    }
}

function wrongIn(issue: z.core.$ZodIssue): Wrong {
    if (issue.code === "invalid_value" || issue.code === "invalid_union") return "choice";
    // Zod reports a fraction in place of a whole number as another type.
    return issue.code === "invalid_type" && issue.expected !== "int" ? "type" : "form";
}

function wordsOf(issue: z.core.$ZodIssue): Pick<WrongValue, "words"> {
    const values =
        issue.code === "invalid_value"
            ? issue.values
            : issue.code === "invalid_union" && "options" in issue
              ? (issue.options ?? [])
              : [];
    const words = values.filter((value) => typeof value === "string");
    return words.length > 0 ? { words } : {};
}

function adviceOf(issue: z.core.$ZodIssue): { readonly advice?: Advice } {
    return issue.code === "custom" && issue.params ? { advice: issue.params as unknown as Advice } : {};
}

/** `did you mean "x"? ` when the value resembles an accepted word, else an empty string: the beginning of a next step. */
export function wordMeant({ value, words }: WrongValue): string {
    return typeof value === "string" && words ? suggestion(value, words) : "";
}

/** A path as people write it: `routes[0].host`. */
export function written(path: readonly PropertyKey[]): string {
    return path.reduce<string>(
        (all, part) => (typeof part === "number" ? `${all}[${part}]` : `${all}${all && "."}${String(part)}`),
        "",
    );
}
