import { volumesOf } from "../lib/docker";
import { stackRule } from "../lib/rule";
import { purposeOf, secretsVolumes } from "../lib/volumes";

/**
 * A volume that two services mount is a way around every network between them, and data that two instances write is soon corrupt. A
 * one-shot counts as the service it prepares. An agent counts as its application for volumes with secrets, and for no others.
 */
export const volumeServesOneService = stackRule({
    name: "volume-serves-one-service",
    description:
        "Volumes are declared in the stack; each is mounted by one service only, and a data volume by one instance only.",
    severity: "critical",
    *check(stack) {
        if (stack.plan === undefined) {
            return;
        }
        const secrets = secretsVolumes(stack);
        const users = new Map<string, Set<string>>();
        const instances = new Map<string, Set<string>>();
        for (const member of stack.containers) {
            stack.read(member, (properties) => {
                for (const volume of volumesOf(properties)) {
                    const served = secrets.has(volume) ? member.service?.sidecarOf : undefined;
                    const user = served ?? member.service?.name ?? member.name;
                    users.set(volume, (users.get(volume) ?? new Set()).add(user));
                    if (member.role === "service")
                        instances.set(volume, (instances.get(volume) ?? new Set()).add(member.name));
                }
            });
        }
        const declared = new Map(stack.volumes.map((volume) => [volume.name, volume]));
        for (const [name, services] of [...users].sort(([a], [b]) => (a < b ? -1 : 1))) {
            const volume = declared.get(name);
            if (volume === undefined) {
                const user = [...services].sort().join(" and ");
                yield {
                    name,
                    problem: `${user} mounts it and the stack does not declare it; create it as a docker.Volume`,
                };
                continue;
            }
            const writers = [...(instances.get(name) ?? [])].sort();
            if (services.size > 1) {
                yield {
                    name,
                    urn: volume.urn,
                    problem: `${[...services].sort().join(" and ")} both mount it; give each a volume of its own`,
                };
            } else if (writers.length > 1 && stack.read(volume, purposeOf) === "data") {
                yield {
                    name,
                    urn: volume.urn,
                    problem: `${writers.join(" and ")} both write it; give the service one instance`,
                };
            }
        }
    },
});
