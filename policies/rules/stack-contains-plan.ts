import { containerNames, networkName } from "../../model/names";
import { stackRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Other rules find nothing wrong with a container that does not exist, so a service or zone that is not created is a violation itself. */
export const stackContainsPlan = stackRule({
    name: "stack-contains-plan",
    description: "Every service of the plan has its containers, and every zone its network.",
    severity: "high",
    *check(stack) {
        const { environment = "", services = [], zones = [] } = stack.plan ?? {};
        if (areNamed(stack.containers)) {
            const made = new Set(stack.members.filter(isNamed).map(({ name }) => name));
            const planned = services.flatMap((service) => containerNames(environment, service));
            for (const name of planned.filter((one) => !made.has(one))) {
                yield {
                    name,
                    problem:
                        "the plan has this service and nothing makes its container; make it, or take the service out",
                };
            }
        }
        if (areNamed(stack.networks)) {
            for (const { name } of zones.filter((one) => !stack.networks.some(({ zone }) => zone === one))) {
                yield {
                    name: networkName(environment, name),
                    problem: "the plan has this zone and nothing makes its network; make it, or take the zone out",
                };
            }
        }
    },
});

/** Whether all names are known. A resource with an unknown or unreadable name may be the missing one; a resource without a name is not. */
function areNamed(subjects: readonly Subject[]): boolean {
    return subjects.every((subject) => isNamed(subject) || !subject.properties.has("name"));
}

function isNamed({ data }: Subject): boolean {
    return typeof data["name"] === "string";
}
