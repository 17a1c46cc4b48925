import { CONTAINER, isWriter } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.13. A writer is never started, so nothing runs in it that could write. */
export const containerLocksRootFilesystem = resourceRule({
    name: "container-locks-root-filesystem",
    description: "Containers have a read-only root file system.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [readOnly],
});

function* readOnly({ properties }: Subject): Iterable<string> {
    if (!isWriter(properties) && properties.flag("readOnly") !== true) {
        yield "its root file system is writable; set `readOnly` to true and name what it writes to in `tmpfs`";
    }
}
