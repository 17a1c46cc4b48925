/** What `up` and `preview` start with. Apart from `session.ts`, because the program's schema takes a second to load. */

import type { Progress } from "./output/progress";
import { lookAt, open, type Session, type StackOptions } from "./session";
import { foundations, setUp } from "./setup/setup";
import { type Declared, declaredBy } from "./stacks/platform";

/** Validates the configuration, sets up what the stack needs, and opens it. For `up` and `preview`. */
export async function prepare(options: StackOptions, progress: Progress): Promise<Session & { declared: Declared }> {
    const sight = lookAt(options);
    const found = await foundations();
    const declared = declaredBy(sight.stack, found);
    if (declared.own.length > 0) {
        const { copy, source } = sight.stack;
        progress.line("!", `only this checkout has ${declared.own.join(", ")}: set in ${copy}, not in ${source}`);
    }
    await setUp(progress, { images: declared.images, listCached: false }, sight.dockerEnv);
    return { ...(await open(sight, found)), declared };
}
