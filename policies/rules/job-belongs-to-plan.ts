import { RUN_JOB } from "../../components/products/job/kind";
import { LABEL, RUNS } from "../../model/names";
import { COMMAND } from "../../model/resource-types";
import { runsOf as plannedRuns } from "../../model/runs";
import { runsOf } from "../lib/docker";
import { stackRule } from "../lib/rule";

/**
 * A label excuses a container from being started and kept running, so only the plan may give it. A job that no command runs would never
 * do its work, and what waits for it would start without it.
 */
export const jobBelongsToPlan = stackRule({
    name: "job-belongs-to-plan",
    description: "Exactly the jobs of the plan and their companions are containers that end, and each job has its run.",
    severity: "high",
    *check(stack) {
        const { services = [] } = stack.plan ?? {};
        const runs = stack
            .ofType(COMMAND)
            .flatMap((command) => stack.read(command, (properties) => properties.text("create") ?? "") ?? []);
        const areKnown = runs.length === stack.ofType(COMMAND).length;
        for (const member of stack.members) {
            const planned = plannedRuns(member.service, services);
            const { name, urn } = member;
            const given = stack.read(member, (properties) => ({ runs: runsOf(properties) }));
            if (given !== undefined && given.runs !== planned) {
                const problem =
                    planned === undefined
                        ? `it is no job of the plan and says that it ends; remove the label ${LABEL.runs}`
                        : `the plan has it as a container that ends; set its label ${LABEL.runs} to ${planned}`;
                yield { name, urn, problem };
            }
            if (planned === RUNS.once && areKnown && !runs.some((create) => create.startsWith(`${RUN_JOB} ${name} `))) {
                yield {
                    name,
                    urn,
                    problem: "no command runs this job; make it with `Job` of components/hardening/job.ts",
                };
            }
        }
    },
});
