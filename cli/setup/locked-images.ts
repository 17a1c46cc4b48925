/** `images.lock.json`: the upstream images of the published way, pinned by digest. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ImageName } from "../../offline/build/image-recipes";
import { projectRoot } from "../places";

/** Images of this project: nobody publishes them, so they are made here whatever the way. */
export const MADE_HERE_ONLY: readonly ImageName[] = ["reference-app", "probe"];

/** References by image name. Empty when there is no lock file. */
export function lockedImages(): Record<string, string> {
    const file = join(projectRoot, "images.lock.json");
    if (!existsSync(file)) return {};
    const content = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(content).filter(([, value]) => typeof value === "string")) as Record<
        string,
        string
    >;
}
