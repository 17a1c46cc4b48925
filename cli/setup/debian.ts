/** Debian packages that the set-up needs. */

import { Failure } from "../failure";
import { onPath, run } from "../processes";

/**
 * Installs a Debian package with its necessary dependencies only.
 *
 * @throws Failure when this is not Debian, the user is not root, another package would be removed for it, or apt-get fails
 */
export async function installDebianPackage(
    name: string,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
): Promise<void> {
    const next = `install it by hand: apt-get install ${name}`;
    if (!(await onPath("apt-get", env))) throw new Failure(`${name} is missing and there is no apt-get here`, next);
    if (process.getuid?.() !== 0) throw new Failure(`${name} is missing and only root can install it`, `sudo ${next}`);
    const options = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, onLine: say };
    // A killed machine leaves half-configured packages, which make every later call fail.
    await run("dpkg", ["--configure", "-a"], options);
    await run("apt-get", ["update", "-q"], options);
    const removed = removedBy(
        (await run("apt-get", ["-s", "install", "--no-install-recommends", name], options)).stdout,
    );
    if (removed.length > 0) {
        throw new Failure(
            `apt-get install ${name} would remove ${removed.join(", ")}, which this machine has already`,
            `nothing was changed; start or install what belongs to ${removed[0]}, or decide yourself: apt-get install ${name}`,
        );
    }
    const installed = await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", name], options);
    if (installed.code !== 0) {
        const lines = `${installed.stdout}${installed.stderr}`.trimEnd().split("\n").slice(-15);
        throw new Failure(`apt-get install ${name} ended with ${installed.code}`, next, 1, lines);
    }
}

/** Packages that `apt-get -s install` says would go. Pure. */
export function removedBy(simulation: string): string[] {
    return simulation.split("\n").flatMap((line) => /^Remv (\S+)/.exec(line)?.[1] ?? []);
}
