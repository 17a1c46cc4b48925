import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.16, 5.17, 5.31: access to another container's processes or shared memory is as good as access to its network. */
export const containerSharesNoNamespace = resourceRule({
    name: "container-shares-no-namespace",
    description: "Containers share no process, memory, user or cgroup namespace with the host or another container.",
    severity: "critical",
    types: [CONTAINER],
    clauses: ["pidMode", "ipcMode", "usernsMode", "cgroupnsMode"].map(
        (field) =>
            function* ({ properties }: Subject): Iterable<string> {
                const mode = properties.text(field) ?? "";
                if (mode === "host" || mode === "shareable" || mode.startsWith("container:")) {
                    yield `\`${field}\` shares a namespace; remove it`;
                }
            },
    ),
});
