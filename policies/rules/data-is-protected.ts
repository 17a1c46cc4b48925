import { isAmong } from "../../model/environments";
import { DATA } from "../lib/data";
import { resourceRule, type Settings } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * Replacing or deleting these resources deletes the data in them, and one edited line of a stack file is enough to do so. Protection
 * makes the engine refuse. Disposable environments are named in the policy's configuration.
 */
export const dataIsProtected = resourceRule({
    name: "data-is-protected",
    description:
        "What holds data is protected from deletion: volumes, secret engines, keys, authorities, realms, groups, roles.",
    severity: "high",
    types: Object.keys(DATA),
    settings: {
        throwaway: {
            type: "array",
            items: { type: "string" },
            default: [],
            description:
                "Environments whose data may be deleted with them; test-* stands for every name that begins with test-.",
        },
    },
    clauses: [protectedData],
});

function* protectedData({ urn, type, properties, protect }: Subject, settings: Settings): Iterable<string> {
    if (protect || isAmong(environmentOf(urn), settings["throwaway"]) || !DATA[type]?.(properties)) {
        return;
    }
    yield "an update can delete its data; set the resource option `protect`, or `strata:protectData` of the stack to true";
}

/** The stack is the environment: `urn:pulumi:<stack>::<project>::...`. */
function environmentOf(urn: string): string | undefined {
    return /^urn:pulumi:([^:]+)::/.exec(urn)?.[1];
}
