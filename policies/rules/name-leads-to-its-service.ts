import { containerName, networkName } from "../../model/names";
import type { Service } from "../../model/platform";
import type { Plan } from "../lib/plan";
import type { Properties } from "../lib/properties";
import { stackRule } from "../lib/rule";
import type { PlannedMember, Stack } from "../lib/stack";

/** A container that answers to the name of a store or of Vault receives the logins that are meant for that service. */
export const nameLeadsToItsService = stackRule({
    name: "name-leads-to-its-service",
    description:
        "Names lead to the service that the plan gives them to: no alias, host name or entry of `hosts` says otherwise.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        for (const member of stack.members) {
            const { name, urn, service } = member;
            const answers = answersOf(stack, member);
            for (const other of plan.services) {
                if (other !== service && knownNames(plan, member, other).some((one) => answers.has(one))) {
                    yield {
                        name,
                        urn,
                        problem: `it takes a name by which its neighbours find ${containerName(plan.environment, other.name)}; remove that name from \`aliases\` in \`networksAdvanced\` and from \`hostname\``,
                    };
                }
            }
            if (stack.read(member, (properties) => [...properties.objects("hosts")].length > 0)) {
                yield { name, urn, problem: "it sets addresses of names itself; remove `hosts`" };
            }
        }
    },
});

/** Names by which the engine's DNS finds a container, besides its unique container name: aliases, and in newer engines the host name. */
function answersOf(stack: Stack, member: PlannedMember): ReadonlySet<string> {
    const answers = new Set<string>();
    const attachments: Properties[] = [];
    stack.read(member, (properties) => answers.add((properties.text("hostname") ?? "").toLowerCase()));
    stack.read(member, (properties) => {
        for (const attachment of properties.objects("networksAdvanced")) {
            attachments.push(attachment);
        }
    });
    for (const attachment of attachments) {
        // Each network is read by itself: an unknown alias in one network leaves the names in the others readable.
        stack.read(member, () => {
            for (const alias of attachment.texts("aliases")) {
                answers.add(alias.toLowerCase());
            }
        });
    }
    return answers;
}

/**
 * Names by which a container or its neighbours find another service. A neighbour with a further zone looks a name up in both zones, so
 * the names of services in that zone are taken here as well. Aliases are not taken: many zones use the same short ones.
 */
function knownNames({ environment, services }: Plan, { networks }: PlannedMember, other: Service): readonly string[] {
    const isHere = (zone: string): boolean => networks.includes(networkName(environment, zone));
    const neighbours = services.filter((one) => one !== other && one.zones.some(isHere));
    return other.zones
        .filter((zone) => isHere(zone) || neighbours.some(({ zones }) => zones.includes(zone)))
        .flatMap((zone) => [
            other.name,
            containerName(environment, other.name),
            ...(other.zoneAliases?.[zone] ?? []),
            ...(isHere(zone) ? other.aliases : []),
        ])
        .map((one) => one.toLowerCase());
}
