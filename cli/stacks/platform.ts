/** The platform that a stack file declares, for checks before anything is touched and for the table after it. */

import { ConfigurationError, parseConfig, type StackConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { resolveStack } from "../../model/resolve";
import { IMAGE_NAMES, NOT_MADE } from "../../offline/build/image-recipes";
import { products } from "../../products";
import { ExitCode, Failure } from "../failure";
import { lockedImages } from "../setup/locked-images";
import type { Foundations } from "../setup/setup";
import { composeCopy, readStackFile } from "./copy";
import type { Stack } from "./stack";

/** What a stack declares. */
export interface Declared {
    readonly config: StackConfig;
    readonly platform: Platform;
    /** Names of the images that its services run and that the set-up provides. */
    readonly images: readonly string[];
}

/**
 * Validates a stack's configuration with the program's own schema and model.
 *
 * @param found - which way is taken, and the references of images made on this machine
 * @throws Failure that lists every problem
 */
export function declaredBy(stack: Stack, found: Pick<Foundations, "decision" | "images">): Declared {
    const file = composeCopy(readStackFile(stack.source), undefined, found.images);
    try {
        const config = parseConfig(file.config ?? {});
        const platform = resolveStack({ environment: stack.name, config, products });
        const used = new Set(platform.services.map(({ image }) => image));
        if (found.decision.way === "offline") refuseWhatCannotBeMade(stack, config, used);
        const provided = [...IMAGE_NAMES, ...Object.keys(NOT_MADE)];
        return { config, platform, images: provided.filter((name) => used.has(name)) };
    } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const [first = "", ...details] = error.message.split("\n");
        throw new Failure(first, `mend ${stack.source}; nothing was touched`, ExitCode.broken, details);
    }
}

/** An image of one's own is taken as it is; the published one cannot be had. */
function refuseWhatCannotBeMade(stack: Stack, { images }: StackConfig, used: ReadonlySet<string>): void {
    const references: Readonly<Record<string, string>> = images;
    for (const [name, reason] of Object.entries(NOT_MADE)) {
        if (!used.has(name) || references[name] !== lockedImages[name]) continue;
        throw new Failure(
            `the stack ${stack.name} runs ${name}, and ${reason}`,
            `name an image that the engine has in strata:images.${name} of ${stack.source}, or take another server in strata:vault; nothing was touched`,
            ExitCode.broken,
        );
    }
}
