/** What `up` and `preview` start with. Apart from `session.ts`, because the program's schema takes a second to load. */

import type { Progress } from "./output/progress";
import { lookAt, open, type Session, type StackOptions } from "./session";
import { foundations, setUp } from "./setup/setup";
import { stateAccess } from "./stacks/access";
import { isKeptHere } from "./stacks/backend";
import { type Declared, declaredBy } from "./stacks/platform";
import { recordedHere, refuseFlip } from "./stacks/supply";

/** Options of every verb that starts the program. */
export interface PrepareOptions extends StackOptions {
    /** Go on with other plugins and images than the environment was made with. */
    readonly changeSupply?: boolean;
}

/**
 * Checks that the stack's state can be reached, validates the configuration, sets up what the stack needs, and opens it. For `up`
 * and `preview`.
 *
 * @throws Failure for a configuration with problems, and for an environment that was made another way
 */
export async function prepare(options: PrepareOptions, progress: Progress): Promise<Session & { declared: Declared }> {
    const sight = lookAt(options);
    const { stack } = sight;
    const { changeSupply = false } = options;
    stateAccess(stack);
    const recorded = recordedHere(stack);
    const found = await foundations(changeSupply ? undefined : recorded);
    refuseFlip(stack, recorded, found, changeSupply);
    const declared = declaredBy(sight.stack, found);
    if (declared.own.length > 0) {
        const { copy, source } = sight.stack;
        progress.line("!", `only this checkout has ${declared.own.join(", ")}: set in ${copy}, not in ${source}`);
    }
    await setUp(progress, { images: declared.images, listCached: false }, sight.dockerEnv, found);
    const session = await open(sight, found);
    if (!isKeptHere(stack)) refuseFlip(stack, (await session.pulumi.state()).supply, found, changeSupply);
    return { ...session, declared };
}
