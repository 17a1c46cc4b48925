/** Running the steps of a set-up. */

import type { Step } from "../../offline/build/step";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";
import { duration } from "../output/text";
import { childEnvironment } from "../places";
import { onPath } from "../processes";
import { installDebianPackage } from "./debian";

/**
 * Runs those of the steps that are not current: lanes beside each other, the steps of a lane in their order. After a failure, the
 * other lane finishes its current step and begins no other.
 *
 * @throws Failure that names the step
 */
export async function runSteps(progress: Progress, steps: readonly Step[]): Promise<void> {
    await ensureBuildTools(progress, steps);
    const lanes = [...new Set(steps.map(({ lane }) => lane))];
    let hasFailed = false;
    const runLane = async (lane: Step["lane"]): Promise<void> => {
        for (const step of steps.filter((it) => it.lane === lane)) {
            // Another set-up may have made it meanwhile.
            if (hasFailed || (await step.isCurrent())) continue;
            await runStep(progress, step);
        }
    };
    const outcomes = await Promise.allSettled(
        lanes.map((lane) =>
            runLane(lane).catch((error: unknown) => {
                hasFailed = true;
                throw error;
            }),
        ),
    );
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function runStep(progress: Progress, step: Step): Promise<void> {
    const started = Date.now();
    try {
        await progress.step(step.name, (say) => step.run(say));
    } catch (error) {
        if (error instanceof Failure) throw error;
        const { message } = error as Error;
        throw new Failure(
            `${step.name} failed after ${duration(Date.now() - started)}: ${message.split("\n")[0]}`,
            "mend what it says and run it again: finished steps are kept",
            1,
            message.split("\n").slice(1),
        );
    }
}

/** Checks for the programs that the missing steps call, so that their absence is said before minutes of work. */
async function ensureBuildTools(progress: Progress, steps: readonly Step[]): Promise<void> {
    const env = childEnvironment();
    const compiles = steps.some(({ name }) => /^(plugin|image|tool|toolchain)-(?!base$)(?!.*-on-engine$)/.test(name));
    if (compiles && !(await onPath("go", env))) {
        throw new Failure(
            "Go is missing: the set-up compiles what cannot be downloaded",
            "install Go >= 1.26 (go.dev/dl)",
        );
    }
    if (steps.some(({ name }) => name === "image-base") && !(await onPath("mmdebstrap", env))) {
        await progress.step("mmdebstrap (Debian package)", (say) => installDebianPackage("mmdebstrap", env, say));
    }
}
