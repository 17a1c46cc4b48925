/** Finds jobs of a GitHub workflow that run code of outsiders on the project's own machines. Pure. */

/** The parts of a workflow file that this check reads. */
export interface Workflow {
    readonly name?: string;
    readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
    readonly permissions?: unknown;
    readonly jobs: Readonly<Record<string, Job>>;
}

/** A job of a {@link Workflow}. */
export interface Job {
    readonly name?: string;
    readonly if?: string;
    readonly needs?: string | readonly string[];
    readonly "runs-on"?: unknown;
    readonly environment?: unknown;
    /** Another workflow that the job consists of. */
    readonly uses?: string;
    readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
    readonly "timeout-minutes"?: number;
    readonly steps?: readonly Step[];
}

/** A step of a {@link Job}. */
export interface Step {
    readonly run?: string;
    readonly uses?: string;
}

/** Events that only the clock, or people with write access to the repository, cause. */
const OWN_EVENTS = ["push", "schedule", "workflow_dispatch", "repository_dispatch", "release", "merge_group"];

/** The event that runs an outsider's code without secrets and with a read-only token. Other events of outsiders give more rights. */
const PULL_REQUEST = "pull_request";

/** Condition that a job on {@link PULL_REQUEST} needs. */
export const SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository";

/** Labels of GitHub's own runners, which are new for each job. */
const HOSTED = /^(ubuntu|macos|windows)-[a-z0-9.-]+$/;

/** One line for each way in which an outsider's code may get onto a runner of the project. */
export function strangersOn({ on, jobs }: Workflow): string[] {
    const events = typeof on === "string" ? [on] : Array.isArray(on) ? (on as string[]) : Object.keys(on);
    const strange = events.filter((event) => !OWN_EVENTS.includes(event));
    if (strange.length === 0) return [];
    return Object.entries(jobs)
        .filter(([, job]) => !isHosted(job))
        .flatMap(([name, job]) => [
            ...strange.filter((event) => event !== PULL_REQUEST).map((event) => `${name}: starts on ${event}`),
            ...(strange.includes(PULL_REQUEST) ? missing(name, job, jobs) : []),
        ]);
}

function missing(name: string, job: Job, jobs: Workflow["jobs"]): string[] {
    const condition = (job.if ?? "").replace(/^\s*\$\{\{(.*)\}\}\s*$/, "$1");
    const parts = condition.split("&&").map((part) => part.trim());
    const isAsked = parts.includes(SAME_REPOSITORY) && !condition.includes("||");
    const needs = typeof job.needs === "string" ? [job.needs] : (job.needs ?? []);
    const isChecked = needs.some((need) => jobs[need] !== undefined && isHosted(jobs[need]));
    // Each of these functions starts a job even if a job that it needs has failed.
    const waits = !/\b(always|failure|cancelled)\s*\(/.test(condition);
    return [
        ...(isAsked ? [] : [`${name}: asks not whether the branch is of this repository`]),
        ...(isChecked && waits ? [] : [`${name}: does not wait for checks on a runner of GitHub's`]),
        ...(job.environment === undefined ? [`${name}: has no environment that could ask a person`] : []),
    ];
}

/** Whether every runner that the job may get is GitHub's. An expression that cannot be evaluated here counts as another runner. */
function isHosted({ "runs-on": runsOn, strategy }: Job): boolean {
    if (typeof runsOn !== "string") return false;
    const key = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(runsOn)?.[1];
    if (key === undefined) return HOSTED.test(runsOn);
    const { include, exclude: _exclude, ...lists } = strategy?.matrix ?? {};
    const combined = Array.isArray(lists[key]) ? (lists[key] as unknown[]) : [];
    const added = Array.isArray(include) ? (include as Readonly<Record<string, unknown>>[]) : [];
    const named = added.filter((one) => key in one).map((one) => one[key]);
    const isComplete = combined.length > 0 || (added.length > 0 && named.length === added.length);
    return isComplete && [...combined, ...named].every((label) => typeof label === "string" && HOSTED.test(label));
}
