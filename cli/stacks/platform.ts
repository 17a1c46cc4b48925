/** The platform that a stack file declares, for checks before anything is touched and for the table after it. */

import { ConfigurationError, parseConfig, type StackConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { resolveStack } from "../../model/resolve";
import { IMAGE_NAMES, NOT_MADE } from "../../offline/build/image-recipes";
import { products } from "../../products";
import { ExitCode, Failure } from "../failure";
import { lockedImages } from "../setup/locked-images";
import type { Foundations } from "../setup/setup";
import { effectiveFile, type StackFile } from "./copy";
import { isSecret } from "./merge";
import type { Stack } from "./stack";

/** Without it, the `pulumi config set` that a problem advises writes to another file. */
const SHELL = 'eval "$(npm run -s strata -- env)"';

/** What a stack declares. */
export interface Declared {
    readonly config: StackConfig;
    readonly platform: Platform;
    /** Names of the images that its services run and that the set-up provides. */
    readonly images: readonly string[];
    /** Paths of settings that only this checkout has, see {@link effectiveFile}. */
    readonly own: readonly string[];
}

/**
 * Validates a stack's configuration with the program's own schema and model.
 *
 * @param found - which way is taken, and the references of images made on this machine
 * @throws Failure that lists every problem
 */
export function declaredBy(stack: Stack, found: Pick<Foundations, "decision" | "images">): Declared {
    const { file, own } = effectiveFile(stack, found.images);
    try {
        const config = parseConfig(plainSettings(file));
        const platform = resolveStack({ environment: stack.name, config, products });
        const used = new Set(platform.services.map(({ image }) => image));
        if (found.decision.way === "offline") refuseWhatCannotBeMade(stack, config, used);
        const provided = [...IMAGE_NAMES, ...Object.keys(NOT_MADE)];
        return { config, platform, own, images: provided.filter((name) => used.has(name)) };
    } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const [first = "", ...details] = error.message.split("\n");
        const copy = own.length > 0 ? ` (${own.join(", ")}: ${stack.copy})` : "";
        throw new Failure(
            first,
            `mend ${stack.source}${copy}, or run ${SHELL} and the commands above; nothing was touched`,
            ExitCode.broken,
            details,
        );
    }
}

/** Secrets are only readable to the program. */
function plainSettings({ config }: StackFile): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => !isSecret(value)));
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
