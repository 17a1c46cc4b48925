/** `strata check`: format, lint and types, two at a time. The tests are `strata test`. */

import { join } from "node:path";

import { ExitCode } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { childEnvironment, nodeFolder, projectRoot } from "../places";
import { run } from "../processes";

interface Check {
    readonly name: string;
    readonly run: () => Promise<{ ok: boolean; output: string }>;
}

/** Checks that run side by side: as many as the smallest supported machine has cores. */
const AT_ONCE = 2;

/** @returns exit code: 0 all well, 1 something is not */
export async function check(): Promise<number> {
    const progress = new Progress();
    const started = Date.now();
    const queue = [...checks()];
    const running = new Set<string>();
    const failed: string[] = [];
    progress.wait(() => `${[...running].join(", ")}  ${duration(Date.now() - started)}`);
    const work = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
            const begun = Date.now();
            running.add(next.name);
            const { ok, output } = await next.run();
            running.delete(next.name);
            if (!ok) {
                failed.push(next.name);
                progress.print(output.trimEnd());
            }
            progress.line(ok ? "✓" : "✗", next.name, Date.now() - begun);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    progress.settle();
    progress.print(
        failed.length === 0 ? `all checks hold, ${duration(Date.now() - started)}` : `broken: ${failed.join(", ")}`,
    );
    return failed.length === 0 ? ExitCode.holds : ExitCode.broken;
}

/** The slowest first, so that the quick ones fill the other core. */
function* checks(): Generator<Check> {
    const cache = join("node_modules", ".cache", "strata");
    yield tool(
        "eslint",
        ["eslint", "bin", "eslint.js"],
        [".", "--max-warnings", "0", "--cache", "--cache-location", join(cache, "eslint")],
    );
    yield tool("tsc", ["typescript", "bin", "tsc"], ["--noEmit", "-p", "."]);
    // With its own packages, which the launcher installs for this command.
    const service = join("services", "integration");
    yield tool(`tsc ${service}`, ["typescript", "bin", "tsc"], ["--noEmit", "-p", service]);
    yield tool(
        "prettier",
        ["prettier", "bin", "prettier.cjs"],
        ["--check", "--log-level", "warn", ".", "--cache", "--cache-location", join(cache, "prettier")],
    );
}

function tool(name: string, program: readonly string[], args: readonly string[]): Check {
    return {
        name,
        run: async () => {
            const command = [join(projectRoot, "node_modules", ...program), ...args];
            const ended = await run(join(nodeFolder, "node"), command, { cwd: projectRoot, env: childEnvironment() });
            return { ok: ended.code === 0, output: ended.stdout + ended.stderr };
        },
    };
}
