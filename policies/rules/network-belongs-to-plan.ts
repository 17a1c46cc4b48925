import { stackRule } from "../lib/rule";
import type { NetworkNode, Stack } from "../lib/stack";

/** An address must stand for the same network on the engine and in the plan. */
export const networkBelongsToPlan = stackRule({
    name: "network-belongs-to-plan",
    description: "Every network is a zone of the platform and has the zone's addresses.",
    severity: "high",
    *check(stack) {
        if (stack.plan === undefined) {
            return;
        }
        for (const network of stack.networks) {
            const { name, urn, zone } = network;
            if (zone === undefined) {
                yield {
                    name,
                    urn,
                    problem: "it is no zone of the platform; add it to a product as a zone, or remove it",
                };
            } else if (!hasAddresses(stack, network, zone.subnet, zone.gateway)) {
                yield {
                    name,
                    urn,
                    problem: `its addresses are not its zone's; set \`ipamConfigs\` to ${zone.subnet} with gateway ${zone.gateway}`,
                };
            }
        }
    },
});

/** Whether a network has its zone's addresses. Unknown and unreadable addresses count as correct here: the stack reports them. */
function hasAddresses(stack: Stack, network: NetworkNode, subnet: string, gateway: string): boolean {
    const matches = stack.read(network, (properties) =>
        [...properties.objects("ipamConfigs")].map(
            (config) => config.text("subnet") === subnet && config.text("gateway") === gateway,
        ),
    );
    return matches === undefined || (matches.length === 1 && matches[0] === true);
}
