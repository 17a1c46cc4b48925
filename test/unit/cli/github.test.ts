/** What CI jobs tell people, against a server that keeps comments and issues as GitHub's API does. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";

import { type GitHubJob, gitHubJob, keepIssues, putComment } from "../../../cli/ci/github";

interface Entry {
    id: number;
    number: number;
    body: string;
    title?: string;
    state: "open" | "closed";
    user: { login: string } | null;
}

/** Whom GitHub takes the job's token for. */
const ACTIONS = { login: "github-actions[bot]" };
/** GitHub's own limit for comments and issues. */
const LONGEST = 65_536;

let server: Server;
let folder: string;
let job: GitHubJob;
let comments: Entry[];
let issues: Entry[];
let refuse: number | undefined;
let viewer: string | undefined;

beforeAll(async () => {
    server = createServer((request, response) => {
        void (async () => {
            const { pathname, searchParams } = new URL(request.url ?? "", "http://github");
            const answer = (status: number, body: unknown): void =>
                void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
            if (refuse !== undefined) return answer(refuse, {});
            if (request.headers.authorization !== "Bearer token") return answer(401, {});
            const path = pathname.replace("/repos/acme/platform/", "");
            const sent = request.method === "GET" ? {} : ((await json(request)) as Partial<Entry>);
            if (path === "/graphql") {
                return viewer === undefined ? answer(403, {}) : answer(200, { data: { viewer: { login: viewer } } });
            }
            if ((sent.body ?? "").length > LONGEST || (sent.title ?? "").length > 256) {
                return answer(422, { message: "Validation Failed" });
            }
            const all = path.includes("comments") ? comments : issues;
            if (request.method === "GET") {
                const from = (Number(searchParams.get("page")) - 1) * 100;
                return answer(200, all.filter(({ state }) => state === "open").slice(from, from + 100));
            }
            if (request.method === "POST") {
                const number = all.length + 1;
                const made: Entry = {
                    id: 1000 + number,
                    number,
                    body: "",
                    state: "open",
                    user: { login: viewer ?? ACTIONS.login },
                    ...sent,
                };
                all.push(made);
                return answer(201, made);
            }
            const key = Number(path.split("/").at(-1));
            const found = all.find(({ id, number }) => (path.includes("comments") ? id : number) === key);
            if (!found) return answer(404, {});
            Object.assign(found, sent);
            return answer(200, found);
        })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    folder = mkdtempSync(join(tmpdir(), "strata-github-"));
    writeFileSync(join(folder, "event.json"), JSON.stringify({ action: "opened", pull_request: { number: 7 } }));
    job = gitHubJob({
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: "acme/platform",
        GITHUB_TOKEN: "token",
        GITHUB_EVENT_PATH: join(folder, "event.json"),
    });
});
afterAll(async () => {
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
    comments = [];
    issues = [];
    refuse = undefined;
    viewer = ACTIONS.login;
});

const MALLORY = { login: "mallory" };

test("the event's file names the pull request", () => {
    expect(job.pullRequest).toBe(7);
    expect(() => gitHubJob({ GITHUB_EVENT_PATH: join(folder, "event.json") })).toThrow("GITHUB_REPOSITORY is not set");
});

test("a plan is one comment, replaced by the next, beside that of another stack", async () => {
    // Somebody else's comments fill the first page.
    comments = Array.from({ length: 100 }, (_, id) => ({ id, number: id, body: "hi", state: "open", user: MALLORY }));
    expect(await putComment(job, "plan staging", "1 created")).toBe("made");
    expect(await putComment(job, "plan production", "nothing")).toBe("made");
    expect(await putComment(job, "plan staging", "2 created")).toBe("replaced");
    expect(comments.slice(100).map(({ body }) => body)).toEqual([
        "<!-- strata: plan staging -->\n2 created",
        "<!-- strata: plan production -->\nnothing",
    ]);
});

test("drift is one issue for each cause, closed when it is gone, and nobody else's issue is touched", async () => {
    issues = [{ id: 1, number: 1, body: "a person's", state: "open", user: MALLORY }];
    const cause = (name: string, text = "changed"): { subject: string; title: string; text: string } => ({
        subject: `drift production ${name}`,
        title: `Drift in production: ${name}`,
        text,
    });
    const keep = (...causes: ReturnType<typeof cause>[]): ReturnType<typeof keepIssues> =>
        keepIssues(job, "drift", "drift production", causes);
    expect(await keep(cause("edge"), cause("vault"))).toEqual({ opened: 2, updated: 0, closed: 0 });
    expect(await keepIssues(job, "drift", "drift staging", [])).toEqual({ opened: 0, updated: 0, closed: 0 });
    expect(await keep(cause("edge", "changed again"))).toEqual({ opened: 0, updated: 1, closed: 1 });
    expect(issues.map(({ body, state }) => [body, state])).toEqual([
        ["a person's", "open"],
        ["<!-- strata: drift production edge -->\nchanged again", "open"],
        ["<!-- strata: drift production vault -->\nchanged", "closed"],
    ]);
    expect(await keep(cause("vault"))).toEqual({ opened: 1, updated: 0, closed: 1 });
});

test.each([
    ["GitHub's own", ACTIONS.login],
    ["an app's", "acme-platform[bot]"],
    ["GitHub's own, of which nothing is told", undefined],
])("a stranger's comment with the same beginning stays the stranger's: %s token", async (_, login) => {
    viewer = login;
    const theirs = { body: "<!-- strata: plan staging -->\nlook here", state: "open" } as const;
    comments = [
        { ...theirs, id: 1, number: 1, user: MALLORY },
        { ...theirs, id: 2, number: 2, user: null },
        { ...theirs, id: 3, number: 3, user: { login: "other-app[bot]" } },
    ];
    expect(await putComment(job, "plan staging", "1 created")).toBe("made");
    expect(await putComment(job, "plan staging", "2 created")).toBe("replaced");
    expect(comments.map(({ body }) => body.split("\n")[1])).toEqual([
        "look here",
        "look here",
        "look here",
        "2 created",
    ]);
});

test("a stranger's issue with the same beginning is neither written nor closed", async () => {
    const body = "<!-- strata: drift production edge -->\nmine";
    issues = [{ id: 1, number: 1, body, state: "open", user: MALLORY }];
    const cause = { subject: "drift production edge", title: "Drift", text: "changed" };
    const kept = await keepIssues(job, "drift", "drift production", [cause]);
    expect(kept).toEqual({ opened: 1, updated: 0, closed: 0 });
    expect(await keepIssues(job, "drift", "drift production", [])).toEqual({ opened: 0, updated: 0, closed: 1 });
    expect(issues[0]).toEqual({ id: 1, number: 1, body, state: "open", user: MALLORY });
});

test("a report that is too long for GitHub is cut at a line, and says so", async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `+ container staging-ü${index} created`);
    const report = `### staging: 5000 created\n\n\`\`\`diff\n${lines.join("\n")}\n\`\`\`\n`;
    expect(await putComment(job, "plan staging", report)).toBe("made");
    const { body = "" } = comments[0] ?? {};
    expect(body.length).toBeGreaterThan(LONGEST / 2);
    expect(body).toContain("\n### staging: 5000 created\n");
    const [, left] = /\n```\n\n(\d+) more lines do not fit here: the job's log has all of them\.\n$/.exec(body) ?? [];
    const kept = body.split("\n").filter((line) => line.startsWith("+ "));
    expect(lines.slice(0, kept.length)).toEqual(kept);
    // The end of the fence and the empty line after it are among those that are left out.
    expect(kept.length + Number(left)).toBe(lines.length + 2);
    const cause = { subject: "drift staging x", title: "t".repeat(300), text: report };
    expect(await keepIssues(job, "drift", "drift staging", [cause])).toMatchObject({ opened: 1 });
});

test.each([
    [401, /permission/],
    [404, /permission/],
    [422, /does not take the report/],
    [429, /again later/],
    [503, /again later/],
])("%i comes with its own next step", async (status, next) => {
    refuse = status;
    await expect(putComment(job, "plan staging", "x")).rejects.toMatchObject({
        next: expect.stringMatching(next) as string,
    });
});

test("a token without the permission is named", async () => {
    refuse = 403;
    await expect(putComment(job, "plan staging", "x")).rejects.toMatchObject({
        message: expect.stringMatching(/was answered 403$/) as string,
        next: expect.stringContaining("pull-requests: write") as string,
    });
});
