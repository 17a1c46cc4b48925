import { PLATFORM } from "../../model/platform";
import { stackRule } from "../lib/rule";

/**
 * Members of a network reach each other on every port, so a zone that two products share is a hole in both, whatever is
 * declared. The platform's own services are guests everywhere.
 */
export const zoneServesOneProduct = stackRule({
    name: "zone-serves-one-product",
    description: "No network has members of two products, or a member of a product that does not own it.",
    severity: "critical",
    *check(stack) {
        const names = new Set(stack.members.flatMap(({ networks }) => networks));
        for (const name of [...names].sort()) {
            const owner = stack.network(name)?.zone?.product ?? PLATFORM;
            const products = new Set([owner, ...stack.membersOf(name).map(({ service }) => service.product)]);
            products.delete(PLATFORM);
            if (products.size > 1) {
                const urn = stack.network(name)?.urn;
                yield {
                    name,
                    ...(urn !== undefined && { urn }),
                    problem: `it is shared by ${[...products].sort().join(" and ")}; give each product zones of its own`,
                };
            }
        }
    },
});
