/** Where the checkout, its private state and the shared cache are. The only file that knows. */

import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Root of the checkout: where `package.json` and `Pulumi.yaml` are. */
export const projectRoot = dirname(__dirname);

/** Cache shared by all checkouts: `${STRATA_CACHE:-${XDG_CACHE_HOME:-~/.cache}/strata}`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
    return environment.STRATA_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "strata");
}

/** Private state of this checkout (`.strata`, mode 0700: it holds passphrases), created when missing. */
export function privateFolder(...inside: readonly string[]): string {
    const folder = join(projectRoot, ".strata");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, ...inside);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
}

/** `bin` folder of the Node 22 that came with the npm package `node`. */
export const nodeFolder = join(projectRoot, "node_modules", "node", "bin");

/**
 * Environment for child processes: this process's own, with the packaged Node first on the PATH, and without what only
 * concerns the command line itself.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    const { STRATA_LAUNCHER: _launcher, ...rest } = environment;
    return { ...rest, PATH: `${nodeFolder}:${environment.PATH ?? ""}` };
}
