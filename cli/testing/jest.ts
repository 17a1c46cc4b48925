/** Runs jest on the packaged Node and reads its numbers. */

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { nodeFolder, privateFolder, projectRoot } from "../places";
import { type FileResult, readFiles, readResults, type Suite, type Tally } from "./suites";

const NODE = join(nodeFolder, "node");
const JEST = join(projectRoot, "node_modules", "jest", "bin", "jest.js");

/** What a run has shown. */
export interface Run {
    readonly tally: Tally;
    readonly files: readonly FileResult[];
}

/** Runs suites with jest's own output on the terminal. */
export async function runJest(suites: readonly Suite[], args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
    const file = resultFile(suites);
    const child = spawn(NODE, [JEST, ...jestArguments(suites, file), ...args], {
        cwd: projectRoot,
        env,
        stdio: ["ignore", "inherit", "inherit"],
    });
    await new Promise((resolve) => child.on("close", resolve));
    return readRun(file);
}

function jestArguments(suites: readonly Suite[], file: string): string[] {
    return ["--selectProjects", ...suites, "--json", `--outputFile=${file}`];
}

function resultFile(suites: readonly Suite[]): string {
    const file = join(privateFolder("test"), `${suites.join("-")}.json`);
    // Numbers of an earlier run must not stand in for a run that never came to its end.
    rmSync(file, { force: true });
    return file;
}

function readRun(file: string): Run {
    try {
        const document: unknown = JSON.parse(readFileSync(file, "utf8"));
        return { tally: readResults(document), files: readFiles(document, projectRoot) };
    } catch {
        return { tally: { passed: 0, failed: 0, skipped: 0, couldNotRun: true }, files: [] };
    }
}
