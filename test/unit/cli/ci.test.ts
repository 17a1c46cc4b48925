/** What a CI's reader is told: as text, and by the real command line against a server that answers as GitHub's API does. */

import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { driftCauses, driftFamily, failureReport, planReport } from "../../../cli/ci/report";
import { Failure } from "../../../cli/failure";
import { projectRoot } from "../../../cli/places";
import type { PlanLine } from "../../../cli/pulumi/plan";

const line = (changes: Partial<PlanLine>): PlanLine => ({
    action: "change",
    urn: "urn:pulumi:staging::strata::docker:index/container:Container::staging-edge",
    kind: "container",
    name: "staging-edge",
    properties: ["image", "memory"],
    causes: [],
    losesData: false,
    ...changes,
});

describe("the report of a plan", () => {
    test("has what loses data first, and names of properties only", () => {
        const report = planReport("staging", [
            line({ action: "delete", kind: "volume", name: "staging-x-data", losesData: true }),
            line({}),
        ]);
        expect(report).toBe(
            [
                "### staging: 1 deleted, 1 changed",
                "",
                "```diff",
                "! DATA GOES: volume staging-x-data is deleted with all in it",
                "- volume staging-x-data deleted",
                "~ container staging-edge (image, memory)",
                "```",
                "",
            ].join("\n"),
        );
    });

    test("without changes says so", () => expect(planReport("staging", [])).toBe("### staging: no changes\n"));

    test("cannot be ended by a name", () => {
        const report = planReport("staging", [line({ name: "a```\n# b" })]);
        expect(report.split("\n").filter((one) => one.startsWith("````"))).toEqual(["````diff", "````"]);
    });

    test("that could not be made says why and what next", () => {
        const report = failureReport("staging", new Failure("a policy refuses staging", "mend it", 1, ["✗ policy x"]));
        expect(report).toBe(
            "### staging: no plan\n\n```text\na policy refuses staging\n✗ policy x\nnext: mend it\n```\n",
        );
    });
});

test("drift has a cause for each resource, with a subject that stays while its text changes", () => {
    const [before, after] = [line({}), line({ properties: ["memory"] })].map((one) => driftCauses("staging", [one]));
    expect(before).toHaveLength(1);
    expect(before?.[0]?.subject).toBe(`drift staging ${line({}).urn}`);
    expect(before?.[0]?.subject.startsWith(driftFamily("staging"))).toBe(true);
    expect(before?.[0]?.text).toContain("`npm run up -- --refresh --stack staging`");
    expect(after?.[0]).toMatchObject({ subject: before?.[0]?.subject, title: before?.[0]?.title });
    expect(after?.[0]?.text).not.toBe(before?.[0]?.text);
});

test("two resources with the same kind and name are two causes of drift", () => {
    const urns = ["psra", "wpcs"].map((product) => `urn:pulumi:staging::strata::strata:${product}$vault:Policy::read`);
    const causes = driftCauses(
        "staging",
        urns.map((urn) => line({ urn, kind: "Vault policy", name: "read" })),
    );
    expect(new Set(causes.map(({ subject }) => subject)).size).toBe(2);
});

test("the comment of a pull request, with the event's file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-ci-"));
    const [event, report] = [join(folder, "event.json"), join(folder, "report.md")];
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
    writeFileSync(report, "### staging: no changes\n");
    const asked: string[] = [];
    const server = createServer((request, response) => {
        void text(request).then((body) => {
            asked.push(`${request.method} ${request.url} ${body}`);
            response.end(request.method === "GET" ? "[]" : "{}");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const env = {
        ...process.env,
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_EVENT_PATH: event,
        GITHUB_REPOSITORY: "acme/platform",
        GITHUB_TOKEN: "token",
    };
    const args = ["--require", "./runtime/typescript.cjs", "cli/main.ts", "ci", "comment"];
    const ended = await new Promise<{ code: number; said: string }>((resolve) =>
        execFile(
            process.execPath,
            [...args, "--subject", "plan staging", "--file", report],
            { cwd: projectRoot, env },
            (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
        ),
    );
    server.close();
    expect(ended).toEqual({ code: 0, said: "comment about plan staging made\n" });
    expect(asked).toEqual([
        "GET /repos/acme/platform/issues/7/comments?per_page=100&page=1 ",
        `POST /repos/acme/platform/issues/7/comments ${JSON.stringify({
            body: "<!-- strata: plan staging -->\n### staging: no changes\n",
        })}`,
    ]);
});
