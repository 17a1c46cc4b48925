import { ownerLabel, ownersOf, PLATFORM } from "../../model/owner";
import { stackRule } from "../lib/rule";

/**
 * Members of a network reach each other on every port, so a zone that two products share is a hole in both, whatever is
 * declared; so is one that a product shares with its tenant. The platform's own services are guests everywhere.
 */
export const zoneServesOneProduct = stackRule({
    name: "zone-serves-one-product",
    description: "No network has members of two products or tenants, or a member of one that does not own it.",
    severity: "critical",
    *check(stack) {
        const names = new Set(stack.members.flatMap(({ networks }) => networks));
        for (const name of [...names].sort()) {
            const zone = stack.network(name)?.zone ?? { product: PLATFORM };
            const members = stack.membersOf(name).map(({ service }) => service);
            const owners = ownersOf([zone, ...members]).filter(({ product }) => product !== PLATFORM);
            if (owners.length > 1) {
                const urn = stack.network(name)?.urn;
                yield {
                    name,
                    ...(urn !== undefined && { urn }),
                    problem: `it is shared by ${owners.map(ownerLabel).sort().join(" and ")}; give each zones of its own`,
                };
            }
        }
    },
});
