import { hasRole } from "../../components/kinds";
import { isSameOwner } from "../../model/owner";
import type { Service, Zone } from "../../model/platform";
import { stackRule } from "../lib/rule";
import type { PlannedMember, Stack } from "../lib/stack";

/** B3: a frontend never reaches a database, not even a database of its own product. */
export const dataZoneAdmitsClients = stackRule({
    name: "data-zone-admits-clients",
    description: "A data zone has only stores, and services that declare a flow to one of them through it.",
    severity: "critical",
    *check(stack) {
        for (const { name: network, zone } of stack.networks) {
            if (zone?.tier !== "data") {
                continue;
            }
            for (const member of stack.membersOf(network)) {
                if (!isStore(member.service, zone) && !isClient(stack, member, zone)) {
                    yield {
                        name: member.name,
                        urn: member.urn,
                        problem: `it is in the data zone ${network} and no client of a store there; take it off, or name it as a client of the store`,
                    };
                }
            }
        }
    },
});

function isStore(service: Service, zone: Zone): boolean {
    return isSameOwner(service, zone) && hasRole(service, "store");
}

function isClient({ plan }: Stack, { service }: PlannedMember, zone: Zone): boolean {
    const stores = (plan?.services ?? []).filter((one) => isStore(one, zone)).map(({ name }) => name);
    return (plan?.flows ?? []).some(
        (flow) => flow.from === service.name && flow.zone === zone.name && stores.includes(flow.to),
    );
}
