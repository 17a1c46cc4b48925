/** The workflows for GitHub call commands that exist, and nothing that somebody else can exchange. `actionlint` in `ci.yml` checks the rest. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

const ROOT = join(__dirname, "..", "..");
const FOLDER = join(ROOT, ".github", "workflows");

interface Workflow {
    readonly permissions?: unknown;
    readonly jobs: Readonly<Record<string, { readonly "timeout-minutes"?: number; readonly steps: readonly Step[] }>>;
}

interface Step {
    readonly run?: string;
    readonly uses?: string;
}

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
const steps = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap((job) => job.steps));

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
