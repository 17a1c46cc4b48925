import { stackRule } from "../lib/rule";

/** A network outside the plan may have any members and lead anywhere; a zone that was not given to a service is not its. */
export const containerJoinsPlannedZones = stackRule({
    name: "container-joins-planned-zones",
    description: "Services are attached to the zones that the plan gives them and to no other network.",
    severity: "critical",
    *check(stack) {
        for (const member of stack.members) {
            const extra = stack.unplanned(member);
            if (extra.length > 0) {
                yield {
                    name: member.name,
                    urn: member.urn,
                    problem: `it is attached to ${extra.join(", ")}, which the plan does not give it; remove that from \`networksAdvanced\` and \`networkMode\``,
                };
            }
        }
    },
});
