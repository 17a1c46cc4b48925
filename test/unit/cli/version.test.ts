/** What `--version` says of a checkout, of an unpacked archive, and of one inside somebody's repository. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CommanderError } from "commander";

import { commandLine } from "../../../cli/main";
import { projectRoot } from "../../../cli/places";
import { versionOf } from "../../../cli/version";

/** A folder with a `package.json`. */
function unpacked(folder: string): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"version":"1.2.3"}');
    return folder;
}

function committed(folder: string): string {
    const git = (...words: string[]): string => execFileSync("git", ["-C", folder, ...words], { encoding: "utf8" });
    git("init", "--quiet");
    git("add", ".");
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    git(...author, "commit", "--quiet", "--message", "first");
    return git("rev-parse", "--short", "HEAD").trim();
}

test("the commit of a checkout is said, and no other repository's", () => {
    const folder = unpacked(mkdtempSync(join(tmpdir(), "strata-version-")));
    expect(versionOf(folder)).toBe("1.2.3");
    const commit = committed(folder);
    expect(versionOf(folder)).toBe(`1.2.3 (${commit})`);
    expect(versionOf(unpacked(join(folder, "strata")))).toBe("1.2.3");
});

test("--version prints it, and ends with 0 before anything is done", () => {
    const said = jest.spyOn(console, "log").mockImplementation();
    try {
        for (const words of [["--version"], ["-V"], ["up", "--version"]]) {
            let thrown: unknown;
            try {
                commandLine().parse(words, { from: "user" });
            } catch (error) {
                thrown = error;
            }
            expect(thrown).toBeInstanceOf(CommanderError);
            expect(thrown).toMatchObject({ exitCode: 0 });
        }
        expect(said).toHaveBeenCalledWith(`strata ${versionOf(projectRoot)}`);
    } finally {
        said.mockRestore();
    }
});
