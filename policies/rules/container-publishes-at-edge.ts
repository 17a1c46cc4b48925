import { hasRole } from "../../components/kinds";
import { stackRule } from "../lib/rule";
import type { PlannedMember, Stack } from "../lib/stack";

/** B2, CIS Docker 5.9: a published port passes the host's firewall and every zone. */
export const containerPublishesAtEdge = stackRule({
    name: "container-publishes-at-edge",
    description: "Only the edge publishes ports, and only those that the plan names.",
    severity: "critical",
    *check(stack) {
        for (const member of stack.members) {
            for (const port of publishedPorts(stack, member)) {
                const { name, urn, service } = member;
                if (!hasRole(service, "edge")) {
                    yield { name, urn, problem: "it publishes a port; remove `ports` and add a route at the edge" };
                } else if (
                    !service.published.some(
                        ({ external, address }) => external === port.external && address === port.ip,
                    )
                ) {
                    yield {
                        name,
                        urn,
                        problem: `it publishes port ${port.external ?? "?"} on an address that is not in the plan; declare it in \`strata:edge\` or remove it`,
                    };
                }
            }
        }
    },
});

function publishedPorts(
    stack: Stack,
    member: PlannedMember,
): { external: number | undefined; ip: string | undefined }[] {
    return (
        stack.read(member, (properties) =>
            [...properties.objects("ports")].map((port) => ({
                external: port.number("external"),
                ip: port.text("ip"),
            })),
        ) ?? []
    );
}
