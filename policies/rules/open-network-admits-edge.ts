import { hasRole } from "../../components/kinds";
import { stackRule } from "../lib/rule";

/** B3: products are reached through the edge only, and have no way to the outside world. */
export const openNetworkAdmitsEdge = stackRule({
    name: "open-network-admits-edge",
    description: "Only the edge is attached to a network that is not internal.",
    severity: "critical",
    *check(stack) {
        for (const network of stack.networks.filter(({ internal }) => internal === false)) {
            for (const { name, urn, service } of stack.membersOf(network.name)) {
                if (!hasRole(service, "edge")) {
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
