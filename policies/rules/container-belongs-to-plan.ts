import { stackRule } from "../lib/rule";

/** Default deny: no flow says what a container outside the plan may reach. */
export const containerBelongsToPlan = stackRule({
    name: "container-belongs-to-plan",
    description: "Every container is a service of the platform, or a one-shot of one.",
    severity: "critical",
    *check(stack) {
        if (stack.plan === undefined) {
            return;
        }
        for (const { name, urn, role, networks } of stack.containers) {
            if (role === "stranger") {
                const reached = stack.members
                    .filter((member) => member.networks.some((network) => networks.includes(network)))
                    .map((member) => member.name);
                const reach = reached.length > 0 ? ` and can reach ${reached.join(", ")}` : "";
                yield {
                    name,
                    urn,
                    problem: `it is no service of the platform${reach}; add it to a product as a service, or remove it`,
                };
            }
        }
    },
});
