/** Another checkout of the same sources, with private files of its own. */

import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** What a checkout makes itself, and packages, which are linked: two installations of 300 MB would differ in nothing. */
const LEFT_OUT = new Set([".git", ".strata", "node_modules"]);

/** Environments that are throw-away there: a test's own environment is not, so that it is treated as a shared one. */
const POLICIES = {
    "container-runs-fixed-release": { madeHere: ["local", "test-*"] },
    "volume-protects-data": { throwaway: ["local"] },
};

/** Makes a checkout in a temporary folder. @returns its root */
export function makeCheckout(): string {
    const folder = mkdtempSync(join(tmpdir(), "strata-checkout-"));
    cpSync(ROOT, folder, {
        recursive: true,
        filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)),
    });
    for (const packages of ["node_modules", join("policies", "node_modules")]) {
        symlinkSync(join(ROOT, packages), join(folder, packages));
    }
    writeFileSync(join(folder, "policies", "configuration.json"), JSON.stringify(POLICIES));
    return folder;
}

/** Removes a checkout with its private files; the packages that it links to stay. */
export function removeCheckout(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
}
