/** Another checkout of the same sources, with its own private files. */

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** Folders that are not copied: those that a checkout makes itself, and packages of 300 MB, which are linked. */
const LEFT_OUT = new Set([".git", ".strata", "node_modules"]);

/**
 * Makes a checkout in a temporary folder.
 *
 * @param environment - may run images built on this machine, as test environments may; its data is protected, unlike theirs
 * @returns its root
 */
export function makeCheckout(environment: string): string {
    const folder = mkdtempSync(join(tmpdir(), "strata-checkout-"));
    cpSync(ROOT, folder, {
        recursive: true,
        filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)),
    });
    for (const packages of ["node_modules", join("policies", "node_modules")]) {
        symlinkSync(join(ROOT, packages), join(folder, packages));
    }
    const file = join(folder, "policies", "configuration.json");
    const policies = JSON.parse(readFileSync(file, "utf8")) as Record<string, { madeHere?: string[] }>;
    policies["container-runs-fixed-release"]?.madeHere?.push(environment);
    writeFileSync(file, JSON.stringify(policies));
    return folder;
}

/** Removes a checkout with its private files; the packages that it links to stay. */
export function removeCheckout(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
}
