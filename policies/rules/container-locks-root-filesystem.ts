import { CONTAINER, isOneShot } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.13. One-shots are exempt: a writer is never started, and an owner ends after its one command. */
export const containerLocksRootFilesystem = resourceRule({
    name: "container-locks-root-filesystem",
    description:
        "Containers have a read-only root file system, and run no programs from what they can write in memory.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [readOnly, tmpfs],
});

function* readOnly({ properties }: Subject): Iterable<string> {
    if (!isOneShot(properties) && properties.flag("readOnly") !== true) {
        yield "its root file system is writable; set `readOnly` to true and name what it writes to in `tmpfs`";
    }
}

/** The engine mounts with `noexec,nosuid,nodev` unless the options say otherwise. */
function* tmpfs({ properties }: Subject): Iterable<string> {
    const mounts = properties.object("tmpfs");
    for (const path of mounts?.keys() ?? []) {
        for (const option of mounts?.text(path)?.split(",") ?? []) {
            const name = option.trim().toLowerCase();
            if (["exec", "suid", "dev"].includes(name)) {
                yield `a file system in memory is mounted with ${name}; remove that from its options in \`tmpfs\``;
            }
        }
    }
}
