import type { Service } from "../../model/platform";
import { stackRule } from "../lib/rule";
import type { Member, Stack } from "../lib/stack";
import type { Finding } from "../lib/subject";
import { secretsVolumes } from "../lib/volumes";

/**
 * A service with an agent gets secrets from the agent only: a file that the program writes is on a disk, never changes and is in no
 * audit log. The service cannot write the files that its agent reads back.
 */
export const agentDeliversSecrets = stackRule({
    name: "agent-delivers-secrets",
    description: "A service with an agent gets its secrets from the agent, and only reads them.",
    severity: "high",
    *check(stack) {
        const services = stack.plan?.services ?? [];
        for (const { sidecarOf } of services) {
            const served = services.find(({ name }) => sidecarOf !== undefined && name === sidecarOf);
            if (served === undefined) {
                continue;
            }
            for (const member of stack.containers.filter(({ service }) => service?.name === served.name)) {
                yield* member.role === "one-shot" ? written(stack, member, served) : writable(stack, member);
            }
        }
    },
});

function* written(stack: Stack, member: Member, served: Service): Iterable<Finding> {
    const paths = stack.read(member, (properties) =>
        [...properties.objects("uploads")].map((upload) => upload.text("file") ?? ""),
    );
    if (paths?.some((path) => path.includes("/secrets/"))) {
        yield finding(
            member,
            `the program writes secrets for ${served.name}, which has an agent; leave them to the agent`,
        );
    }
}

function* writable(stack: Stack, member: Member): Iterable<Finding> {
    const secrets = secretsVolumes(stack);
    const mounts = stack.read(member, (properties) =>
        [...properties.objects("mounts")].filter(
            (mount) => secrets.has(mount.text("source") ?? "") && mount.flag("readOnly") !== true,
        ),
    );
    if (mounts !== undefined && mounts.length > 0) {
        yield finding(member, "it can write the files of its agent; set `readOnly` of the mount");
    }
}

function finding({ name, urn }: Member, problem: string): Finding {
    return { name, urn, problem };
}
