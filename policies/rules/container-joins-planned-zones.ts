import { stackRule } from "../lib/rule";

/**
 * A network outside the plan may have any members and lead anywhere, and a zone that the plan does not give a service belongs to others.
 * In a zone that a service stays out of, another container could answer in its place.
 */
export const containerJoinsPlannedZones = stackRule({
    name: "container-joins-planned-zones",
    description: "Services are attached to all zones that the plan gives them and to no other network.",
    severity: "critical",
    *check(stack) {
        for (const member of stack.members) {
            const { name, urn } = member;
            const extra = stack.unplanned(member);
            if (extra.length > 0) {
                yield {
                    name,
                    urn,
                    problem: `it is attached to ${extra.join(", ")}, which the plan does not give it; remove that from \`networksAdvanced\` and \`networkMode\``,
                };
            }
            const missing = stack.missing(member);
            if (missing.length > 0) {
                yield {
                    name,
                    urn,
                    problem: `it is not attached to ${missing.join(", ")}, which the plan gives it; add that to \`networksAdvanced\``,
                };
            }
        }
    },
});
