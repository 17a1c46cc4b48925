import { mayLeaveThrough } from "../../model/way-out";
import { stackRule } from "../lib/rule";

/** B3: products are reached through the edge only, and reach the outside world through the egress proxy only. */
export const openNetworkAdmitsItsKind = stackRule({
    name: "open-network-admits-its-kind",
    description: "Only the kind that names a network as its way out is attached to it: the edge, and the egress proxy.",
    severity: "critical",
    *check(stack) {
        for (const network of stack.networks.filter(({ internal }) => internal === false)) {
            for (const { name, urn, service } of stack.membersOf(network.name)) {
                if (network.zone === undefined || !mayLeaveThrough(network.zone.name, service)) {
                    yield {
                        name,
                        urn,
                        problem: `it is attached to ${network.name}, which has a way out; take it off that network`,
                    };
                }
            }
        }
    },
});
