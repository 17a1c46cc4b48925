import { containerName, networkName } from "../../model/names";
import type { Service } from "../../model/platform";
import type { Plan } from "../lib/plan";
import type { Properties } from "../lib/properties";
import { stackRule } from "../lib/rule";
import type { PlannedMember, Stack } from "../lib/stack";

/** Whoever answers to a store's or Vault's name is given the logins that are meant for it. */
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
                yield { name, urn, problem: "it has addresses of its own for names; remove `hosts`" };
            }
        }
    },
});

/** What the engine's DNS finds a container by, besides its name, which no other one can have; newer engines add the host name. */
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
        // What is not known of one network says nothing about the names in another.
        stack.read(member, () => {
            for (const alias of attachment.texts("aliases")) {
                answers.add(alias.toLowerCase());
            }
        });
    }
    return answers;
}

/**
 * Names by which a container or its neighbours find another service. A neighbour with a further zone asks both for one name, so the
 * names of services there are taken here as well. Aliases are not: short ones are the same in many zones.
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
