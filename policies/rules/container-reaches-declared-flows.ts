import { reachablePairs } from "../../model/reachability";
import { stackRule } from "../lib/rule";
import type { PlannedMember, Stack } from "../lib/stack";
import type { Finding } from "../lib/subject";

/**
 * The most important rule of the pack. The containers' own networks alone show who can reach whom; the declared flows say who may.
 * `container-belongs-to-plan` reports containers outside the plan.
 */
export const containerReachesDeclaredFlows = stackRule({
    name: "container-reaches-declared-flows",
    description:
        "Two containers share a network only if a flow is declared between them, or they are peers of one product.",
    severity: "critical",
    *check(stack) {
        let pairs = undeclaredPairs(stack);
        // The container with the most undeclared neighbours comes first: a misplaced container is one violation, not one for
        // each neighbour.
        while (pairs.length > 0) {
            const worst = mostBlamed(stack, pairs.flat());
            const neighbours = pairs.filter((pair) => pair.includes(worst)).map(([a, b]) => (a === worst ? b : a));
            yield describe(worst, neighbours);
            pairs = pairs.filter((pair) => !pair.includes(worst));
        }
    },
});

type MemberPair = readonly [PlannedMember, PlannedMember];

function undeclaredPairs(stack: Stack): MemberPair[] {
    const byName = new Map(stack.members.map((member) => [member.name, member]));
    return reachablePairs(stack.members)
        .map(([a, b]): MemberPair => [byName.get(a)!, byName.get(b)!])
        .filter(([a, b]) => !stack.allows(a, b));
}

/**
 * The container in the most pairs. Of several, the one in the most unplanned networks; then the first by name, so that the result is
 * the same in each run.
 */
function mostBlamed(stack: Stack, members: readonly PlannedMember[]): PlannedMember {
    const count = (member: PlannedMember): number => members.filter((other) => other === member).length;
    const strays = (member: PlannedMember): number => stack.unplanned(member).length;
    return [...new Set(members)].sort(
        (a, b) => count(b) - count(a) || strays(b) - strays(a) || (a.name < b.name ? -1 : 1),
    )[0]!;
}

function describe(member: PlannedMember, neighbours: readonly PlannedMember[]): Finding {
    const names = neighbours.map(({ name }) => name).join(", ");
    const shared = member.networks.filter((network) => neighbours.some((other) => other.networks.includes(network)));
    return {
        name: member.name,
        urn: member.urn,
        problem:
            `it can reach ${names} over ${shared.join(", ")} and no flow between them is declared; ` +
            `take it off that network, or declare the call in its product`,
    };
}
