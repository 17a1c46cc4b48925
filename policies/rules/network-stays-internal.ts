import { mayBeOpen } from "../../model/way-out";
import { stackRule } from "../lib/rule";

/** Through a network with a way out, its members can fetch foreign code and send data away. */
export const networkStaysInternal = stackRule({
    name: "network-stays-internal",
    description: "Only the edge's and the egress proxy's own networks have a way out of the engine.",
    severity: "critical",
    *check(stack) {
        for (const { name, urn, zone, internal } of stack.networks) {
            if (zone !== undefined && !mayBeOpen(zone) && internal === false) {
                yield { name, urn, problem: "it has a way out; set `internal` to true" };
            }
        }
    },
});
