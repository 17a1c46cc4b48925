/** What a CI job tells people on GitHub: one comment or issue for each subject, updated instead of repeated. */

import { readFileSync } from "node:fs";

import { Failure } from "../failure";
import { reasonOf } from "../setup/downloads";

/** Where a job runs; each field is a variable that GitHub sets, except the token. */
export interface GitHubJob {
    /** `GITHUB_API_URL` */
    readonly api: string;
    /** `GITHUB_REPOSITORY`: `owner/name`. */
    readonly repository: string;
    /** `GITHUB_TOKEN` */
    readonly token: string;
    /** Number of the pull request in the file of `GITHUB_EVENT_PATH`. @default - the event is about none */
    readonly pullRequest: number | undefined;
}

interface Posted {
    readonly id: number;
    readonly number: number;
    readonly body: string | null;
    readonly state?: string;
}

/** Entries for each page of a list; GitHub's longest. */
const PAGE = 100;

/**
 * Reads what GitHub tells a job.
 *
 * @throws Failure naming the variable that is missing
 */
export function gitHubJob(environment: NodeJS.ProcessEnv): GitHubJob {
    const need = (name: string): string => {
        const value = environment[name];
        if (!value) throw new Failure(`${name} is not set`, "run this in a GitHub job, with `env: GITHUB_TOKEN`");
        return value;
    };
    const event = JSON.parse(readFileSync(need("GITHUB_EVENT_PATH"), "utf8")) as {
        pull_request?: { number: number };
    };
    return {
        api: environment.GITHUB_API_URL ?? "https://api.github.com",
        repository: need("GITHUB_REPOSITORY"),
        token: need("GITHUB_TOKEN"),
        pullRequest: event.pull_request?.number,
    };
}

/** Invisible line by which a comment or issue is found again. */
export function marker(subject: string): string {
    return `<!-- strata: ${subject} -->`;
}

/** The one comment of a subject on the job's pull request: made, or replaced. */
export async function putComment(job: GitHubJob, subject: string, text: string): Promise<"made" | "replaced"> {
    const { pullRequest } = job;
    if (pullRequest === undefined) {
        throw new Failure("the event is about no pull request", "run this in a workflow on: pull_request");
    }
    const body = `${marker(subject)}\n${text}`;
    const comments = await list(job, `issues/${pullRequest}/comments`);
    const found = comments.find((comment) => comment.body?.startsWith(marker(subject)));
    if (found === undefined) {
        await call(job, "POST", `issues/${pullRequest}/comments`, { body });
        return "made";
    }
    await call(job, "PATCH", `issues/comments/${found.id}`, { body });
    return "replaced";
}

/** An issue that says what is wrong now. */
export interface OpenCause {
    /** Names the cause, whatever is said of it: `drift production container production-edge`. */
    readonly subject: string;
    readonly title: string;
    readonly text: string;
}

/**
 * Keeps one open issue for each cause: new ones are opened, known ones brought up to date, and those whose cause is gone are
 * closed.
 *
 * @param family - beginning of the subjects that this list is complete for
 */
export async function keepIssues(
    job: GitHubJob,
    label: string,
    family: string,
    causes: readonly OpenCause[],
): Promise<{ readonly opened: number; readonly updated: number; readonly closed: number }> {
    const open = await list(job, `issues?state=open&labels=${encodeURIComponent(label)}`);
    const find = (subject: string): Posted | undefined => open.find(({ body }) => body?.startsWith(marker(subject)));
    const known = new Set<number>();
    let opened = 0;
    for (const { subject, title, text } of causes) {
        const body = `${marker(subject)}\n${text}`;
        const found = find(subject);
        if (found === undefined) {
            await call(job, "POST", "issues", { title, body, labels: [label] });
            opened += 1;
        } else {
            known.add(found.number);
            if (found.body !== body) await call(job, "PATCH", `issues/${found.number}`, { title, body });
        }
    }
    const gone = open.filter(
        ({ number, body }) => !known.has(number) && body?.startsWith(marker(family).replace(/ -->$/, "")),
    );
    for (const { number } of gone) {
        await call(job, "POST", `issues/${number}/comments`, { body: "It is as declared again." });
        await call(job, "PATCH", `issues/${number}`, { state: "closed" });
    }
    return { opened, updated: known.size, closed: gone.length };
}

async function list(job: GitHubJob, path: string): Promise<Posted[]> {
    const all: Posted[] = [];
    for (let page = 1; ; page++) {
        const separator = path.includes("?") ? "&" : "?";
        const some = (await call(job, "GET", `${path}${separator}per_page=${PAGE}&page=${page}`)) as Posted[];
        all.push(...some);
        if (some.length < PAGE) return all;
    }
}

async function call(
    { api, repository, token }: GitHubJob,
    method: string,
    path: string,
    body?: object,
): Promise<unknown> {
    const url = `${api}/repos/${repository}/${path}`;
    let answer: Response;
    try {
        answer = await fetch(url, {
            method,
            headers: {
                Accept: "application/vnd.github+json",
                Authorization: `Bearer ${token}`,
                "X-GitHub-Api-Version": "2022-11-28",
                ...(body && { "Content-Type": "application/json" }),
            },
            ...(body && { body: JSON.stringify(body) }),
        });
    } catch (error) {
        throw new Failure(`${method} ${url}: ${reasonOf(error)}`, "run the job again");
    }
    if (!answer.ok) {
        const next = "give the job's token the permission: issues: write, pull-requests: write";
        throw new Failure(`${method} ${url} was answered ${answer.status}`, next);
    }
    return answer.status === 204 ? undefined : answer.json();
}
