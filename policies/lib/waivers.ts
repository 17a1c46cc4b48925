/** Exceptions from rules: named, owned, explained and dated. Plain data in the policy's configuration, never code. */

import type { PolicyConfigSchema } from "@pulumi/policy";

/** Suspends one rule for one resource until a day. */
export interface Waiver {
    /** Physical name of the resource, for example `production-vault`. */
    readonly resource: string;
    /** Person or team who answers for the waiver. */
    readonly owner: string;
    /** Why the resource cannot meet the rule, and what limits the risk meanwhile. */
    readonly reason: string;
    /** Last day on which the waiver is valid, UTC, `YYYY-MM-DD`, at most {@link LONGEST_DAYS} days ahead. */
    readonly expires: string;
}

/** Longest validity of a waiver, in days: each waiver is reviewed at least once a year. */
export const LONGEST_DAYS = 366;

/** Configuration schema of every rule that can be waived. The engine refuses to start with any other configuration. */
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
 * Problems of the waivers of a rule: invalid, expired, or not needed.
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

/** Days between two days. `undefined` when either is not a day of the calendar. */
function daysBetween(from: string, to: string): number | undefined {
    const [start, end] = [from, to].map((day) => {
        const time = Date.parse(`${day}T00:00:00Z`);
        // Some engines parse 31 February as 2 March, so the parsed day is written again and compared.
        return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : time;
    });
    return start === undefined || end === undefined ? undefined : Math.round((end - start) / 86_400_000);
}
