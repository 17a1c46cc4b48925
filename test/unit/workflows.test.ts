/** The workflows for GitHub call commands that exist, and nothing that somebody else can exchange. `actionlint` in `ci.yml` checks the rest. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { SAME_REPOSITORY, strangersOn, type Workflow } from "../support/workflows";

const ROOT = join(__dirname, "..", "..");
const FOLDER = join(ROOT, ".github", "workflows");

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** npm scripts that a line of shell runs. */
function scriptsIn(shell: string): string[] {
    const named = [...shell.matchAll(/npm run (?:-\S+ )*(\S+)/g)].map(([, script = ""]) => script);
    return [...named, ...(/\bnpm test\b/.test(shell) ? ["test"] : [])];
}

const files = readdirSync(FOLDER);
const workflows = files.map((file) => ({
    file,
    workflow: parse(readFileSync(join(FOLDER, file), "utf8")) as Workflow,
}));
const steps = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap((job) => job.steps ?? []));

test("an option of npm's own is no script", () => {
    expect(scriptsIn("npm run --silent strata -- pins && npm test -- unit")).toEqual(["strata", "test"]);
});

test("every npm script that a workflow runs is in package.json", () => {
    const called = steps.flatMap(({ run = "" }) => scriptsIn(run));
    expect(called.length).toBeGreaterThan(10);
    expect(called.filter((script) => scripts[script] === undefined)).toEqual([]);
});

test("every action is named by its commit", () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test.each(workflows)("$file says what its token may do, and how long each job may take", ({ workflow }) => {
    expect(workflow.permissions).toBeDefined();
    for (const [job, { "timeout-minutes": minutes }] of Object.entries(workflow.jobs)) {
        expect([job, minutes]).toEqual([job, expect.any(Number)]);
    }
});

test.each(workflows)("$file: no fork's pull request gets onto a runner of one's own", ({ workflow }) => {
    expect(strangersOn(workflow)).toEqual([]);
});

describe("a stranger's code", () => {
    const OWN = "${{ vars.STRATA_RUNNER }}";
    const checks = { "runs-on": "ubuntu-24.04" };
    const guarded = { if: `vars.STRATA_RUNNER != '' && ${SAME_REPOSITORY}`, needs: "checks", environment: "plan" };
    const plan = (changes: object = {}, on: Workflow["on"] = "pull_request"): string[] =>
        strangersOn({ on, jobs: { checks, plan: { "runs-on": OWN, ...guarded, ...changes } } });

    test("is kept from a runner by a condition, checks elsewhere and an environment", () => {
        expect(plan()).toEqual([]);
        expect(plan({ if: `\${{ ${SAME_REPOSITORY} }}` })).toEqual([]);
        expect(plan({ if: undefined, needs: undefined, environment: undefined }, ["push", "schedule"])).toEqual([]);
    });

    test.each<[string, object]>([
        ["no condition", { if: undefined }],
        ["another condition", { if: "vars.STRATA_RUNNER != ''" }],
        ["a condition with a way round", { if: `${SAME_REPOSITORY} || github.actor == 'dependabot[bot]'` }],
        ["its opposite", { if: `!(${SAME_REPOSITORY})` }],
        ["a name that anybody may choose", { if: "github.event.pull_request.head.ref == 'main'" }],
        ["no checks before it", { needs: undefined }],
        ["checks on the same runner", { needs: "own" }],
        ["checks that may fail", { if: `always() && ${SAME_REPOSITORY}` }],
        ["no environment", { environment: undefined }],
    ])("gets onto one with %s", (_, changes) => expect(plan(changes)).toHaveLength(1));

    test.each([
        "pull_request_target",
        "workflow_run",
        "issue_comment",
        "issues",
        "pull_request_review",
        "workflow_call",
    ])("gets onto one by %s, whatever the job asks", (event) => {
        expect(plan({}, event)).toEqual([`plan: starts on ${event}`]);
        expect(plan({}, { [event]: { types: ["created"] } })).toHaveLength(1);
        expect(plan({}, ["pull_request", event])).toHaveLength(1);
    });

    test.each<[string, object]>([
        ["self-hosted", { "runs-on": "self-hosted" }],
        ["labels", { "runs-on": ["self-hosted", "linux"] }],
        ["a group", { "runs-on": { group: "production" } }],
        ["an input", { "runs-on": "${{ inputs.runner }}" }],
        [
            "a matrix with one of them",
            { "runs-on": "${{ matrix.os }}", strategy: { matrix: { os: ["ubuntu-24.04", OWN] } } },
        ],
        [
            "a matrix without the key",
            { "runs-on": "${{ matrix.os }}", strategy: { matrix: { include: [{ name: "x" }] } } },
        ],
        [
            "a matrix that is computed",
            { "runs-on": "${{ matrix.os }}", strategy: { matrix: { os: "${{ fromJSON(x) }}" } } },
        ],
        ["another workflow", { "runs-on": undefined, uses: "./.github/workflows/other.yml" }],
    ])("counts %s as a runner of one's own", (_, changes) => {
        expect(plan({ ...changes, if: undefined })).toHaveLength(1);
    });

    test("may run where GitHub makes a machine anew", () => {
        const matrix = { include: [{ runner: "ubuntu-24.04" }, { runner: "macos-15-intel" }] };
        const job = { "runs-on": "${{ matrix.runner }}", strategy: { matrix } };
        expect(strangersOn({ on: ["pull_request", "pull_request_target"], jobs: { job } })).toEqual([]);
    });
});

describe("ci.yml", () => {
    const ci = workflows.find(({ file }) => file === "ci.yml")?.workflow.jobs;
    const machine = ci?.["machine"];
    const lines = machine?.steps?.flatMap(({ run }) => run ?? []) ?? [];

    test("runs on each machine that strata is for", () => {
        const include = machine?.strategy?.matrix?.["include"] as { name: string }[];
        const named = include.map(({ name }) => name);
        expect(named).toEqual(["ubuntu-24.04", "ubuntu-24.04-arm", "macos"]);
    });

    test("runs on Debian in a container with the runner's network, which a job's own container cannot have", () => {
        const [run = ""] = ci?.["debian-13"]?.steps?.flatMap((step) => step.run ?? []) ?? [];
        expect(run).toMatch(/^docker run --rm --network host .*\n?.* debian:13 sh -euc '/);
        const own = ["up", "status", "verify", "preview", "down"].filter((verb) => !run.includes(`npm run ${verb}`));
        expect(own).toEqual([]);
        const jobs = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs));
        expect(jobs.filter((job) => "container" in job)).toEqual([]);
    });

    test.each(["npm run up", "npm run status", "npm run verify", "npm run down", "npm test -- unit policy golden"])(
        "runs %s on every one of them",
        (command) => {
            const steps = machine?.steps?.filter(({ run = "" }) => run.startsWith(command)) ?? [];
            expect(steps).toHaveLength(1);
            // A step with a condition is one for some machines.
            expect((steps[0] as { if?: string }).if).toBe(command === "npm run down" ? "always()" : undefined);
        },
    );

    test("ends with what it made being removed", () => expect(lines.at(-1)).toMatch(/^npm run down .*--volumes/));
});

test("images.yml resolves the locks against the registries by schedule", () => {
    const images = workflows.find(({ file }) => file === "images.yml")?.workflow;
    expect(images?.on).toHaveProperty("schedule");
    const run = Object.values(images?.jobs ?? {}).flatMap(({ steps = [] }) => steps.map((step) => step.run ?? ""));
    expect(run.join("\n")).toMatch(/npm run .*strata -- pins --write/);
});
