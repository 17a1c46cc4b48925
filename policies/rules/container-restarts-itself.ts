import { CONTAINER, isLasting } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Requirement A4. For jobs, `job-runs-once` asks for the opposite. */
export const containerRestartsItself = resourceRule({
    name: "container-restarts-itself",
    description: "Services are started, have to run, and come back after a crash and after a restart of the engine.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [restart, runs],
});

function* restart({ properties }: Subject): Iterable<string> {
    if (isLasting(properties) && !["always", "unless-stopped"].includes(properties.text("restart") ?? "")) {
        yield "it stays down after a crash; set `restart` to always";
    }
}

function* runs({ properties }: Subject): Iterable<string> {
    if (!isLasting(properties)) {
        return;
    }
    for (const field of ["start", "mustRun"]) {
        if (properties.flag(field) === false) {
            yield `it need not run; remove \`${field}\``;
        }
    }
}
