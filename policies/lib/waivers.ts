/** Exceptions from rules: named, owned, explained and dated. Plain data in the policy's configuration, never code. */

import type { PolicyConfigSchema } from "@pulumi/policy";

/** Suspends one rule for one resource until a day. */
export interface Waiver {
    /** Physical name of the resource, for example `production-vault`. */
    readonly resource: string;
    /** Who answers for it. */
    readonly owner: string;
    /** What the resource cannot do, and what holds the risk meanwhile. */
    readonly reason: string;
    /** Last day it holds, UTC, `YYYY-MM-DD`, at most {@link LONGEST_DAYS} days ahead. */
    readonly expires: string;
}

/** A waiver is looked at again at least once a year. */
export const LONGEST_DAYS = 366;

/** Configuration schema of every rule that can be waived. The engine refuses to start with anything else. */
export const WAIVERS_SCHEMA: PolicyConfigSchema["properties"] = {
    waivers: {
        type: "array",
        description: "Resources this rule is suspended for.",
        default: [],
        items: {
            type: "object",
            additionalProperties: false,
            required: ["resource", "owner", "reason", "expires"],
            properties: {
                resource: { type: "string", pattern: "\\S" },
                owner: { type: "string", pattern: "\\S" },
                reason: { type: "string", pattern: "\\S" },
                expires: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
            },
        },
    },
};

/** The violations of a resource that no valid waiver covers. */
export function applyWaivers(
    violations: readonly string[],
    waivers: readonly Waiver[],
    resource: string,
    today: string,
): readonly string[] {
    return waivers.some((waiver) => waiver.resource === resource && fault(waiver, today) === undefined)
        ? []
        : violations;
}

/**
 * What is wrong with the waivers of a rule themselves.
 *
 * @param needed - for each resource the rule looked at, whether it needed a waiver
 * @param today - `YYYY-MM-DD`
 */
export function judgeWaivers(
    rule: string,
    waivers: readonly Waiver[],
    needed: ReadonlyMap<string, boolean>,
    today: string,
): readonly string[] {
    return waivers.flatMap((waiver) => {
        const problem = fault(waiver, today) ?? unused(waiver, needed);
        return problem === undefined
            ? []
            : [`the waiver of ${rule} for ${waiver.resource || "no resource"} ${problem}`];
    });
}

function fault({ resource, owner, reason, expires }: Waiver, today: string): string | undefined {
    for (const [key, value] of Object.entries({ resource, owner, reason })) {
        if (typeof value !== "string" || value.trim() === "") {
            return `has no ${key}; write one`;
        }
    }
    const remaining = daysBetween(today, expires);
    if (remaining === undefined) {
        return "has no expiry date; write `expires` as YYYY-MM-DD";
    }
    if (remaining < 0) {
        return `expired on ${expires}; fix the resource and remove the waiver, or let ${owner} renew it`;
    }
    return remaining > LONGEST_DAYS
        ? `runs until ${expires}; write a day at most ${LONGEST_DAYS} days ahead`
        : undefined;
}

function unused({ resource }: Waiver, needed: ReadonlyMap<string, boolean>): string | undefined {
    const need = needed.get(resource);
    if (need === undefined) {
        return "names no resource that the rule looks at; correct `resource` or remove it";
    }
    return need ? undefined : "is not needed any more; remove it";
}

/** `undefined` when either is not a day of the calendar. */
function daysBetween(from: string, to: string): number | undefined {
    const [start, end] = [from, to].map((day) => {
        const time = Date.parse(`${day}T00:00:00Z`);
        // `Date.parse` takes 31 February for 2 March in some engines; a day that changes when written again is none.
        return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : time;
    });
    return start === undefined || end === undefined ? undefined : Math.round((end - start) / 86_400_000);
}
