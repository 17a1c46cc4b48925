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
}

let server: Server;
let folder: string;
let job: GitHubJob;
let comments: Entry[];
let issues: Entry[];
let refuse: number | undefined;

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
            const all = path.includes("comments") ? comments : issues;
            if (request.method === "GET") {
                const from = (Number(searchParams.get("page")) - 1) * 100;
                return answer(200, all.filter(({ state }) => state === "open").slice(from, from + 100));
            }
            if (request.method === "POST") {
                const number = all.length + 1;
                const made: Entry = { id: 1000 + number, number, body: "", state: "open", ...sent };
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
});

test("the event's file names the pull request", () => {
    expect(job.pullRequest).toBe(7);
    expect(() => gitHubJob({ GITHUB_EVENT_PATH: join(folder, "event.json") })).toThrow("GITHUB_REPOSITORY is not set");
});

test("a plan is one comment, replaced by the next, beside that of another stack", async () => {
    // Somebody else's comments fill the first page.
    comments = Array.from({ length: 100 }, (_, index) => ({ id: index, number: index, body: "hi", state: "open" }));
    expect(await putComment(job, "plan staging", "1 created")).toBe("made");
    expect(await putComment(job, "plan production", "nothing")).toBe("made");
    expect(await putComment(job, "plan staging", "2 created")).toBe("replaced");
    expect(comments.slice(100).map(({ body }) => body)).toEqual([
        "<!-- strata: plan staging -->\n2 created",
        "<!-- strata: plan production -->\nnothing",
    ]);
});

test("drift is one issue for each cause, closed when it is gone, and nobody else's issue is touched", async () => {
    issues = [{ id: 1, number: 1, body: "a person's", state: "open" }];
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

test("a token without the permission is named", async () => {
    refuse = 403;
    await expect(putComment(job, "plan staging", "x")).rejects.toMatchObject({
        message: expect.stringMatching(/was answered 403$/) as string,
        next: expect.stringContaining("pull-requests: write") as string,
    });
});
