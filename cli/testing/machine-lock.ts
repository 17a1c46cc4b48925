/** One test run at a time on a machine: each run takes environments called `test-...` for leftovers, and removes them. */

import { withLockFile } from "../../offline/build/lock";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";

/**
 * The lock file. It is the same for all users and checkouts of the machine, whatever their cache and TMPDIR, because the engine is
 * the same. It lies in `/tmp` itself, which is root's and sticky: so strata makes no folder that others write to, and nobody
 * exchanges another user's file.
 */
const RUNS = "/tmp/strata-tests.lock";

/**
 * Waits for other runs, then runs.
 *
 * @throws Failure when something is in the lock's place that only another user may remove
 */
export async function withMachineLock<T>(progress: Progress, run: () => Promise<T>, path: string = RUNS): Promise<T> {
    try {
        return await withLockFile(path, "runs tests on this machine", (line) => progress.line("…", line), run);
    } catch (error) {
        throw asLeft(error, path) ?? error;
    }
}

/** The failure to show when the operating system does not let this user remove or follow the lock file. Pure. */
export function asLeft(error: unknown, path: string): Failure | undefined {
    const { code, path: refused } = error as NodeJS.ErrnoException;
    if (refused !== path || (code !== "EPERM" && code !== "EACCES")) return undefined;
    return new Failure(
        `${path} was left by a test run that was killed, and belongs to another user`,
        `nobody runs tests; remove it as that user, or: sudo rm ${path}`,
    );
}
