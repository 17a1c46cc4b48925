/** The version of strata. */

import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

import { type Command, CommanderError } from "commander";

import { projectRoot } from "./places";

/** Adds `--version`. Git is asked only when the option is given. */
export function withVersion(program: Command): Command {
    return program
        .option("-V, --version", "print the version, and the commit of a git checkout")
        .on("option:version", () => {
            console.log(`strata ${versionOf(projectRoot)}`);
            throw new CommanderError(0, "commander.version", "");
        });
}

/** The version in `package.json`, and the commit of a checkout that is the project's own: `0.2.0 (4f2a9c1)`. */
export function versionOf(folder: string): string {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const isOwn = git(folder, "rev-parse", "--show-toplevel") === realpathSync(folder);
    const commit = isOwn ? git(folder, "rev-parse", "--short", "HEAD") : undefined;
    return commit === undefined ? version : `${version} (${commit})`;
}

/** @returns undefined where there is no git, no checkout, or no commit */
function git(folder: string, ...words: readonly string[]): string | undefined {
    const { status, stdout } = spawnSync("git", ["-C", folder, ...words], { encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
}
