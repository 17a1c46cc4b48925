import { RUNS } from "../../model/names";
import { CONTAINER, isLasting, isOneShot, runsOf } from "../lib/docker";
import type { Properties } from "../lib/properties";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The start order depends on health checks (requirement A3), and so does everything that waits for a service (A4, CIS Docker 5.27). */
export const containerChecksHealth = resourceRule({
    name: "container-checks-health",
    description: "Containers have a health check, and the deployment waits for it.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [test, timing, waits],
});

/** The end of a job says more than a check could: `job-runs-once` asks for none. What runs with a job has one, which the job waits for. */
function isChecked(properties: Properties): boolean {
    return !isOneShot(properties) && runsOf(properties) !== RUNS.once;
}

function* test({ properties }: Subject): Iterable<string> {
    if (!isChecked(properties)) {
        return;
    }
    const [kind, ...command] = [...(properties.object("healthcheck")?.texts("tests") ?? [])];
    if ((kind !== "CMD" && kind !== "CMD-SHELL") || command.length === 0) {
        yield "it has no health check; set `healthcheck.tests` to CMD or CMD-SHELL and a command";
    }
}

/** Zero counts as unset: the engine would use its own default. */
function* timing({ properties }: Subject): Iterable<string> {
    if (!isChecked(properties)) {
        return;
    }
    const check = properties.object("healthcheck");
    for (const field of ["interval", "timeout"]) {
        if (["", "0s"].includes(check?.text(field) ?? "")) {
            yield `its health check has no ${field}; set \`healthcheck.${field}\``;
        }
    }
    if (!((check?.number("retries") ?? 0) > 0)) {
        yield "its health check has no retries; set `healthcheck.retries` to 1 or more";
    }
}

function* waits({ properties }: Subject): Iterable<string> {
    if (isLasting(properties) && properties.flag("wait") !== true) {
        yield "nothing waits until it is healthy; set `wait` to true";
    }
}
