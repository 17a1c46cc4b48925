/** What `typescript.cjs` does to a Node process: fast where nothing needs the rest, and whole where something does. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** Runs JavaScript in a process of its own. @returns what it printed */
function node(script: string): unknown {
    const args = ["--no-warnings", "--require", "./typescript.cjs", "--eval", script];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" })) as unknown;
}

test("the SDK loads without what turns functions into resources", () => {
    const loaded = node(`
        require("@pulumi/pulumi");
        console.log(JSON.stringify(Object.keys(require.cache)));
    `) as string[];
    expect(loaded.some((file) => file.endsWith("/@pulumi/pulumi/runtime/closure/codePaths.js"))).toBe(true);
    expect(loaded.filter((file) => /\/(arborist|typescript)\//.test(file))).toEqual([]);
});

test("a program that turns a function into a resource can do so", () => {
    const made = node(`
        const { runtime } = require("@pulumi/pulumi");
        const factor = 7;
        Promise.all([runtime.serializeFunction((x) => x * factor), runtime.computeCodePaths({})])
            .then(([{ text }, paths]) => console.log(JSON.stringify({ text, packages: [...paths.keys()] })));
    `) as { text: string; packages: string[] };
    expect(made.text).toContain("(x) => x * factor");
    expect(made.packages).toContain("node_modules/yaml");
});

test("the project's TypeScript is loaded", () => {
    const line = node(`
        const { npmRun } = require("./cli/failure.ts");
        console.log(JSON.stringify(npmRun("up", "staging")));
    `);
    expect(line).toBe("npm run up -- --stack staging");
});

test("the project's TypeScript is loaded by Node 20 too, which cannot choose whose source maps it reads", () => {
    const script = "delete require('node:module').setSourceMapsSupport";
    const before = join(mkdtempSync(join(tmpdir(), "strata-node-20-")), "before.cjs");
    writeFileSync(before, script);
    const program = "console.log(require('./cli/failure.ts').npmRun('up'))";
    const args = ["--no-warnings", "--require", before, "--require", "./typescript.cjs", "--eval", program];
    expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" })).toBe("npm run up\n");
});

test("translated code is run from a folder that nobody else can make", () => {
    const temporary = mkdtempSync(join(tmpdir(), "strata-tsx-"));
    const script = `
        const { npmRun } = require("./cli/failure.ts");
        setTimeout(() => console.log(JSON.stringify([process.env.TMPDIR, npmRun("up")])), 300);
    `;
    const args = ["--no-warnings", "--require", "./typescript.cjs", "--eval", script];
    const env = { ...process.env, TMPDIR: temporary };
    const [told] = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" })) as string[];
    // The program's own temporary folder stays as it was.
    expect(told).toBe(temporary);
    expect(readdirSync(temporary)).toEqual([]);
    const jestFolders = node(`
        const { cacheDirectory, projects } = require("./jest.config.js");
        console.log(JSON.stringify([cacheDirectory, ...projects.map((project) => project.cacheDirectory)]));
    `) as string[];
    expect(jestFolders.filter((folder) => !folder.startsWith(join(ROOT, "node_modules", "/")))).toEqual([]);
});
