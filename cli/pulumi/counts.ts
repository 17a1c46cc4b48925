/** Counts of an update, for its question and its closing line: of a preview and of an update the same numbers in the same words. Pure. */

import type { PlanLine } from "./plan";

/** How many resources change. Components and Pulumi's own resources do not count: they exist in the state only. */
export interface Changes {
    readonly deleted: number;
    readonly replaced: number;
    readonly changed: number;
    readonly created: number;
    /** Whether the outputs of the stack change, which are no resource. */
    readonly outputs: boolean;
}

/** {@link Changes}, with the resources that stay as they are. */
export interface Counts extends Changes {
    readonly unchanged: number;
}

/** Counts the lines of a plan. */
export function changesOf(lines: readonly PlanLine[]): Changes {
    const of = (action: PlanLine["action"]): number => lines.filter((line) => line.action === action).length;
    return {
        deleted: of("delete"),
        replaced: of("replace"),
        changed: of("change"),
        created: of("create"),
        outputs: of("outputs") > 0,
    };
}

/** `2 deleted, 1 replaced, 3 changed, 40 created`, without counts of zero. When nothing counts, records of the state are what changes. */
export function changesText({ outputs, ...changes }: Changes): string {
    const words = ["deleted", "replaced", "changed", "created"] as const;
    const parts = words.filter((word) => changes[word] > 0).map((word) => `${changes[word]} ${word}`);
    return [...parts, ...(outputs ? ["other outputs"] : [])].join(", ") || "records of the state";
}

/** `0 changes, 52 unchanged` or `1 changed, 12 created, 40 unchanged`. */
export function countsLine({ counts, hasChanges }: { readonly counts: Counts; readonly hasChanges: boolean }): string {
    return `${hasChanges ? changesText(counts) : "0 changes"}, ${counts.unchanged} unchanged`;
}

/** The sum of two updates, one after the other. */
export function sum(first: Counts, second: Counts): Counts {
    return {
        deleted: first.deleted + second.deleted,
        replaced: first.replaced + second.replaced,
        changed: first.changed + second.changed,
        created: first.created + second.created,
        outputs: first.outputs || second.outputs,
        unchanged: second.unchanged,
    };
}
