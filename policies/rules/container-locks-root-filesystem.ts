import { CONTAINER, isOneShot } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.13. One-shots are not held to it: a writer is never started, and an owner is gone after its one command. */
export const containerLocksRootFilesystem = resourceRule({
    name: "container-locks-root-filesystem",
    description: "Containers have a read-only root file system.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [readOnly],
});

function* readOnly({ properties }: Subject): Iterable<string> {
    if (!isOneShot(properties) && properties.flag("readOnly") !== true) {
        yield "its root file system is writable; set `readOnly` to true and name what it writes to in `tmpfs`";
    }
}
