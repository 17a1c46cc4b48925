/** What a person needs to see of a container that did not become healthy. */

import { RUNS } from "../../model/names";
import { npmRun } from "../failure";
import type { RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";

/** `CMD-SHELL pg_isready` -> `pg_isready`; `CMD a b` -> `a b`. Pure. */
export function checkCommand(test: readonly string[]): string {
    const [form, ...words] = test;
    if (form === undefined || form === "NONE") return "none";
    return form === "CMD" || form === "CMD-SHELL" ? words.join(" ") : test.join(" ");
}

/**
 * One word or two for the table: `healthy`, `unhealthy`, `starting`, `exited (1)`, `running` (no check). A job is `done` or
 * `not started`; what serves a job is `idle` while the job does not run. Pure.
 */
export function condition(container: RunningContainer): string {
    if (container.runs === RUNS.once && container.state === "created") return "not started";
    if (container.runs === RUNS.once && container.state === "exited" && container.exitCode === 0) return "done";
    if (container.runs === RUNS.withJob && isDown(container)) return "idle";
    if (container.state === "running") return container.health === "none" ? "running" : container.health;
    return container.state === "exited" ? `exited (${container.exitCode})` : container.state;
}

function isDown({ state }: RunningContainer): boolean {
    return state === "created" || state === "exited";
}

/**
 * Whether a container is as it should be. A one-shot has ended with 0, or was never started: its files were copied into
 * it. A job has ended with 0, or runs. What serves a job is asked for nothing while the job does not run. Pure.
 */
export function isWell(container: RunningContainer): boolean {
    if (container.oneShot) return isDown(container) && container.exitCode === 0;
    if (container.runs !== undefined && ["done", "idle"].includes(condition(container))) return true;
    return container.state === "running" && (container.health === "healthy" || container.health === "none");
}

/** What to do about a container that is not as it should be, by its condition. Pure. */
export function advice(container: RunningContainer, environment: string): string {
    const { name, service, state } = container;
    const logs = npmRun("logs", environment, service);
    if (state === "paused") return `docker unpause ${name}, then ${npmRun("up", environment)}`;
    if (state === "restarting") return `it ends as soon as it starts: ${logs}`;
    if (state === "running") {
        return container.health === "starting"
            ? `it takes long to start: ${logs}; later ${npmRun("status", environment)}`
            : `${logs}; if nothing there explains it, start it anew: docker restart ${name}`;
    }
    if (container.runs === RUNS.once) {
        return `all that it wrote: ${logs}; docker rm ${name}, then ${npmRun("up", environment)} runs it again`;
    }
    return `${npmRun("up", environment)} starts it; why it ended: ${logs}`;
}

/**
 * One line about a container that is not as it should be: what its check printed, else what it wrote last. Pure.
 *
 * @param lastLine - of its log; empty when it wrote none
 */
export function troubleLine(container: RunningContainer, lastLine: string): string {
    const { name, health, healthOutput, restarts } = container;
    const why = (health === "unhealthy" && healthOutput) || lastLine || "it has written no log";
    return `${name} is ${condition(container)}, restarted ${restarts} times: ${why}`;
}

/** The check, its last output, and the container's last lines. Indented by two spaces. */
export async function evidence(engine: Engine, container: RunningContainer, logLines = 20): Promise<string[]> {
    const lines = [`  ${container.name} is ${condition(container)}, restarted ${container.restarts} times`];
    if (container.healthCommand.length > 0) {
        lines.push(`  check: ${checkCommand(container.healthCommand)}`);
        const ended =
            container.healthExitCode === undefined ? "has not run yet" : `ended with ${container.healthExitCode}`;
        lines.push(`  check ${ended}${container.healthOutput ? `: ${container.healthOutput.slice(-1000)}` : ""}`);
    }
    const log = await engine.lastLines(container.id, logLines);
    lines.push(log.length > 0 ? `  last ${log.length} log lines:` : "  it has written no log");
    return [...lines, ...log.map((line) => `    ${line}`)];
}
