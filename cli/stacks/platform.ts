/** The platform that a stack file declares, for checks before anything is touched and for the table after it. */

import { ConfigurationError, parseConfig, type StackConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { resolvePlatform } from "../../model/resolve";
import { IMAGE_NAMES, type ImageName } from "../../offline/build/image-recipes";
import { products } from "../../products";
import { ExitCode, Failure } from "../failure";
import { composeCopy, readStackFile } from "./copy";
import type { Stack } from "./stack";

/** What a stack declares. */
export interface Declared {
    readonly config: StackConfig;
    readonly platform: Platform;
    /** Images that its services run and that the set-up provides. */
    readonly images: readonly ImageName[];
}

/**
 * Validates a stack's configuration with the program's own schema and model.
 *
 * @param images - references of images made on this machine
 * @throws Failure that lists every problem
 */
export function declaredBy(stack: Stack, images: Readonly<Record<string, string>>): Declared {
    const file = composeCopy(readStackFile(stack.source), undefined, images);
    try {
        const config = parseConfig(file.config ?? {});
        const platform = resolvePlatform({ environment: stack.name, config, products });
        const used = new Set(platform.services.map(({ image }) => image));
        return { config, platform, images: IMAGE_NAMES.filter((name) => used.has(name)) };
    } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const [first = "", ...details] = error.message.split("\n");
        throw new Failure(first, `mend ${stack.source}; nothing was touched`, ExitCode.broken, details);
    }
}
