/** `strata ci`: plan and drift reports for CI jobs, and the comments and issues that they keep on GitHub. */

import { readFileSync, writeFileSync } from "node:fs";

import { gitHubJob, keepIssues, putComment } from "../ci/github";
import { driftCauses, driftFamily, failureReport, planReport } from "../ci/report";
import { asFailure, ExitCode, Failure } from "../failure";
import { previewOf, type PreviewOptions } from "./preview";

/** Options of `ci plan` and `ci drift`. */
export interface ReportOptions extends PreviewOptions {
    /** File for the report, as Markdown. */
    readonly output: string;
}

/** The label of the issues that {@link ciDrift} keeps. */
const LABEL = "drift";

/**
 * Previews the stack with the policy pack and writes the plan, or why there is none.
 *
 * @returns exit code: 0 with or without changes; what refuses a preview refuses this
 */
export async function ciPlan(options: ReportOptions): Promise<number> {
    const { plan } = await reported(options);
    writeFileSync(options.output, planReport(options.stack, plan));
    return ExitCode.holds;
}

/**
 * The drift gate, with a report. In a GitHub job with a token, it keeps one open issue for each resource that has drifted.
 *
 * @returns exit code: 0 as declared, 7 drift, 2 when it could not be told: then issues stay as they are
 */
export async function ciDrift(options: ReportOptions): Promise<number> {
    const { plan, hasChanges } = await reported({ ...options, refresh: true, expectNoChanges: true });
    writeFileSync(options.output, planReport(options.stack, plan));
    if (process.env.GITHUB_TOKEN !== undefined) {
        const causes = driftCauses(options.stack, plan);
        const kept = await keepIssues(gitHubJob(process.env), LABEL, driftFamily(options.stack), causes);
        console.log(`issues: ${kept.opened} opened, ${kept.updated} known, ${kept.closed} closed`);
    }
    return hasChanges ? ExitCode.changes : ExitCode.holds;
}

/** Puts a report on the job's pull request, in place of the last report about the same subject. @returns exit code: 0 */
export async function ciComment({ subject, file }: { subject: string; file: string }): Promise<number> {
    const done = await putComment(gitHubJob(process.env), subject, read(file));
    console.log(`comment about ${subject} ${done}`);
    return ExitCode.holds;
}

async function reported(options: ReportOptions): ReturnType<typeof previewOf> {
    try {
        return await previewOf(options);
    } catch (thrown) {
        const failure = asFailure(thrown);
        if (failure) writeFileSync(options.output, failureReport(options.stack, failure));
        throw thrown;
    }
}

function read(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Failure(`--file: ${(error as Error).message}`, "name the report that ci plan or ci drift wrote");
    }
}
