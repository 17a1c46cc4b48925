/** Debian packages that the set-up needs. */

import { Failure } from "../failure";
import { onPath, run } from "../processes";

/**
 * Installs a Debian package with its necessary dependencies only.
 *
 * @throws Failure when this is no Debian, the user is not root, or apt-get fails
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
    const installed = await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", name], options);
    if (installed.code !== 0) {
        const lines = `${installed.stdout}${installed.stderr}`.trimEnd().split("\n").slice(-15);
        throw new Failure(`apt-get install ${name} ended with ${installed.code}`, next, 1, lines);
    }
}
