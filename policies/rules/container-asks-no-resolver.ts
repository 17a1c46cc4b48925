import { NO_NAME_SERVER } from "../../model/name-servers";
import { stackRule } from "../lib/rule";

/** DNS is a way out: an engine forwards queries from an internal network to the host's own resolver (CVE-2024-29018). */
export const containerAsksNoResolver = stackRule({
    name: "container-asks-no-resolver",
    description: "Containers that are on internal networks only ask no name server for names of other networks.",
    severity: "high",
    *check(stack) {
        for (const member of stack.containers) {
            const isCutOff = member.networks.every((network) => stack.network(network)?.internal === true);
            const servers = stack.read(member, (properties) => [...properties.texts("dns")]);
            if (member.networks.length === 0 || !isCutOff || servers === undefined) {
                continue;
            }
            if (servers.length !== 1 || servers[0] !== NO_NAME_SERVER) {
                yield {
                    name: member.name,
                    urn: member.urn,
                    problem: `its questions for outside names leave its internal networks; set \`dns\` to ["${NO_NAME_SERVER}"]`,
                };
            }
        }
    },
});
