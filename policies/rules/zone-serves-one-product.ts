import { ownerLabel, ownersOf, PLATFORM } from "../../model/owner";
import { stackRule } from "../lib/rule";

/**
 * Members of a network reach each other on every port. A zone that two products share is a hole in both, whatever flows are declared;
 * so is a zone that a product shares with its tenant. The platform's own services may be guests in any zone.
 */
export const zoneServesOneProduct = stackRule({
    name: "zone-serves-one-product",
    description:
        "No network has members of two products or tenants, or a member of a product or tenant that does not own it.",
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
