/** What a CI job tells people on GitHub: one comment or issue for each subject, updated instead of repeated. */

import { readFileSync } from "node:fs";

import { Failure } from "../failure";
import { reasonOf } from "../setup/downloads";
import { BODY_LIMIT, shorten, shortenTitle } from "./shorten";

/** Where a job runs; each field is a variable that GitHub sets, except the token. */
export interface GitHubJob {
    /** `GITHUB_API_URL` */
    readonly api: string;
    /** `GITHUB_GRAPHQL_URL` */
    readonly graphql: string;
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
    /** Its author; `null` when the account is gone. */
    readonly user?: { readonly login: string } | null;
}

/** The login that posts with the token that GitHub gives each job. */
const ACTIONS = "github-actions[bot]";

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
    const api = environment.GITHUB_API_URL ?? "https://api.github.com";
    return {
        api,
        graphql: environment.GITHUB_GRAPHQL_URL ?? `${api}/graphql`,
        repository: need("GITHUB_REPOSITORY"),
        token: need("GITHUB_TOKEN"),
        pullRequest: event.pull_request?.number,
    };
}

/** The invisible first line of a comment or issue, by which later jobs find it. */
export function marker(subject: string): string {
    return `<!-- strata: ${subject} -->`;
}

/** The body of a comment or issue: the marker of its subject, then the text, shortened to GitHub's limit. */
function bodyOf(subject: string, text: string): string {
    const line = `${marker(subject)}\n`;
    return `${line}${shorten(text, BODY_LIMIT - Buffer.byteLength(line))}`;
}

/** The posts that begin with a marker and were written with this job's token. Anybody may write a post that begins so. */
async function own(job: GitHubJob, posted: readonly Posted[], beginning: string): Promise<Posted[]> {
    const marked = posted.filter(({ body }) => body?.startsWith(beginning));
    if (marked.length === 0) return [];
    const login = await ownLogin(job);
    return marked.filter(({ user }) => user?.login === login);
}

/** Creates or replaces the one comment of a subject on the job's pull request. */
export async function putComment(job: GitHubJob, subject: string, text: string): Promise<"made" | "replaced"> {
    const { pullRequest } = job;
    if (pullRequest === undefined) {
        throw new Failure("the event is about no pull request", "run this in a workflow on: pull_request");
    }
    const body = bodyOf(subject, text);
    const comments = await list(job, `issues/${pullRequest}/comments`);
    const [found] = await own(job, comments, marker(subject));
    if (found === undefined) {
        await call(job, "POST", `issues/${pullRequest}/comments`, { body });
        return "made";
    }
    await call(job, "PATCH", `issues/comments/${found.id}`, { body });
    return "replaced";
}

/** An issue that says what is wrong now. */
export interface OpenCause {
    /** Identifies the cause, and stays when title and text change: `drift production urn:pulumi:production::strata::…`. */
    readonly subject: string;
    readonly title: string;
    readonly text: string;
}

/**
 * Keeps one open issue for each cause: new ones are opened, known ones brought up to date, and those whose cause is gone are
 * closed.
 *
 * @param family - prefix of subjects; an open issue with this prefix that is not among the causes is closed
 */
export async function keepIssues(
    job: GitHubJob,
    label: string,
    family: string,
    causes: readonly OpenCause[],
): Promise<{ readonly opened: number; readonly updated: number; readonly closed: number }> {
    const labelled = await list(job, `issues?state=open&labels=${encodeURIComponent(label)}`);
    const open = await own(job, labelled, marker(family).replace(/ -->$/, ""));
    const find = (subject: string): Posted | undefined => open.find(({ body }) => body?.startsWith(marker(subject)));
    const known = new Set<number>();
    let opened = 0;
    for (const { subject, title: whole, text } of causes) {
        const [title, body] = [shortenTitle(whole), bodyOf(subject, text)];
        const found = find(subject);
        if (found === undefined) {
            await call(job, "POST", "issues", { title, body, labels: [label] });
            opened += 1;
        } else {
            known.add(found.number);
            if (found.body !== body) await call(job, "PATCH", `issues/${found.number}`, { title, body });
        }
    }
    const gone = open.filter(({ number }) => !known.has(number));
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

function call({ api, repository, token }: GitHubJob, method: string, path: string, body?: object): Promise<unknown> {
    return request(token, method, `${api}/repos/${repository}/${path}`, body);
}

/** The login that the token belongs to. Only GraphQL tells this to a job's own token. */
async function ownLogin({ graphql, token }: GitHubJob): Promise<string> {
    try {
        const answer = (await request(token, "POST", graphql, { query: "{ viewer { login } }" })) as {
            data?: { viewer?: { login?: string } };
        };
        return answer.data?.viewer?.login ?? ACTIONS;
    } catch {
        return ACTIONS;
    }
}

async function request(token: string, method: string, url: string, body?: object): Promise<unknown> {
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
    if (!answer.ok) throw await refusalOf(answer, `${method} ${url} was answered ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
}

async function refusalOf(answer: Response, what: string): Promise<Failure> {
    const said = (await answer.json().catch(() => undefined)) as { message?: string } | undefined;
    const message = said?.message === undefined ? what : `${what}: ${said.message}`;
    if ([401, 403, 404].includes(answer.status)) {
        return new Failure(message, "give the job's token the permission: issues: write, pull-requests: write");
    }
    if (answer.status >= 500 || answer.status === 429) return new Failure(message, "run the job again later");
    return new Failure(message, "GitHub does not take the report: the job's log has it; mend what GitHub says");
}
