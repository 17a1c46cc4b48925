import { stackRule } from "../lib/rule";

/** The engine ignores ports of a container on internal networks only, so every update would replace the container to publish them. */
export const containerPublishesFromOpenNetwork = stackRule({
    name: "container-publishes-from-open-network",
    description: "Containers that publish ports are on a network that is not internal.",
    severity: "medium",
    *check(stack) {
        for (const member of stack.containers) {
            const publishes = stack.read(member, (properties) => [...properties.objects("ports")].length > 0);
            const open = member.networks.some((network) => stack.network(network)?.internal !== true);
            if (publishes && !open) {
                yield {
                    name: member.name,
                    urn: member.urn,
                    problem:
                        "it publishes ports and all its networks are internal; remove `ports`, or attach it to the edge's network",
                };
            }
        }
    },
});
