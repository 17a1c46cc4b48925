import type { Service } from "../../model/platform";
import { stackRule } from "../lib/rule";

/** The kernel counts processes for each user: two services with one user share the limit, and may send each other signals. */
export const serviceRunsAsOwnUser = stackRule({
    name: "service-runs-as-own-user",
    description:
        "Services run as the user that the plan gives them, and only an application and its agent share a user.",
    severity: "high",
    *check(stack) {
        const { services = [], users = {} } = stack.plan ?? {};
        for (const member of stack.members) {
            const { service } = member;
            const own = users[service.name];
            if (own === undefined) {
                continue;
            }
            const sharing = services
                .filter(({ name }) => users[name] === own)
                .filter((other) => !together(service, other));
            if (sharing.length > 0) {
                const names = sharing.map(({ name }) => name).join(", ");
                yield {
                    name: member.name,
                    urn: member.urn,
                    problem: `the plan gives it the user of ${names}; give each a number of its own in \`users\``,
                };
            }
            const user = stack.read(member, (properties) => properties.text("user"));
            // `container-runs-as-user` reports anything that is not an unprivileged user.
            if (user !== undefined && /^[1-9]\d*:[1-9]\d*$/.test(user) && user !== `${own}:${own}`) {
                yield {
                    name: member.name,
                    urn: member.urn,
                    problem: `it does not run as the user that the plan gives it; set \`user\` to "${own}:${own}"`,
                };
            }
        }
    },
});

function together(one: Service, other: Service): boolean {
    return one.name === other.name || one.sidecarOf === other.name || other.sidecarOf === one.name;
}
