/** Turns what zod found into problems that say what to do. */

import type { z } from "zod";

import { nearest } from "../model/nearest";
import type { Problem } from "../model/problems";
import { type Fault, faultsOf, wordMeant, written } from "../model/schema/faults";
import { quoted } from "../model/schema/quoted";

/**
 * Says where a person changes a setting: the words after "correct it", such as `in Pulumi.local.yaml`. Empty when the
 * message names the place once for all settings.
 *
 * @param setting - for example `strata:edge.https.port`
 */
export type PlaceOf = (setting: string) => string;

/**
 * Problems of one issue that zod found.
 *
 * @param values - what was checked
 * @param namespace - of the configuration keys, `strata`
 * @param schema - the schema that found the issue; its names are suggested
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
    return faultsOf(issue, values, schema).map((fault) => problemOf(fault, namespace, secretKeys, placeOf));
}

function problemOf(fault: Fault, namespace: string, secretKeys: readonly string[], placeOf: PlaceOf): Problem {
    const at = (path: readonly PropertyKey[]): string => `${namespace}:${written(path)}`;
    const step = (deed: string, key: string): string => `${deed} ${placeOf(key)}`.trimEnd();
    switch (fault.is) {
        case "unknown key":
            return unknownKey(`${at(fault.path)}.`, fault.name, fault.known);
        case "wrong key": {
            const key = at([...fault.path, fault.name]);
            return { key, accepted: fault.accepted, next: step("correct the key", key) };
        }
        case "missing": {
            const key = at(fault.path);
            return { key, accepted: fault.accepted, next: step("add it", key) };
        }
        case "wrong value": {
            const key = at(fault.path);
            const { accepted } = fault;
            const next = step("correct it", key);
            return secretKeys.includes(at(fault.path.slice(0, 1)))
                ? { key, accepted, next }
                : { key, value: quoted(fault.value), accepted, next: `${wordMeant(fault)}${next}` };
        }
    }
}

/** The command that writes a setting into the file that `pulumi` was given. */
export function setCommand(setting: string): string {
    const path = /[.[]/.test(setting.slice(setting.indexOf(":"))) ? "--path " : "";
    return `pulumi config set ${path}'${setting}' <value>`;
}

/** Keys of earlier releases, with what a person does about each. */
const GONE: Readonly<Record<string, string>> = {
    "strata:identity.vault":
        "take it out: Vault is always configured, and credentialTtl and renderInterval are settings of strata:vault",
    "strata:platformDatabases":
        "take it out: the platform's own Postgres comes with the layer that asks for a database",
};

/**
 * The problem of a key that is not declared. Its value is not quoted: the intended key is unknown, so the value could be a
 * secret.
 *
 * @param prefix - what comes before the name: the namespace, or the path to the object that holds it
 */
export function unknownKey(prefix: string, name: string, known: readonly string[]): Problem {
    const meant = nearest(name, known);
    return {
        key: `${prefix}${name}`,
        accepted: `one of ${known.join(", ")}`,
        next:
            GONE[`${prefix}${name}`] ??
            (meant === undefined
                ? "take it out of the stack file"
                : `did you mean ${prefix}${meant}? Rename it or take it out`),
    };
}
