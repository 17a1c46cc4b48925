/** What `up` and `preview` start with. Apart from `session.ts`, because the program's schema takes a second to load. */

import type { Progress } from "./output/progress";
import { lookAt, open, type Session, type StackOptions } from "./session";
import { foundations, setUp } from "./setup/setup";
import { requireLogin } from "./stacks/access";
import { type Declared, declaredBy } from "./stacks/platform";

/**
 * Checks that the stack's state can be reached, validates the configuration, sets up what the stack needs, and opens it. For `up`
 * and `preview`.
 */
export async function prepare(options: StackOptions, progress: Progress): Promise<Session & { declared: Declared }> {
    const sight = lookAt(options);
    requireLogin(sight.stack);
    const found = await foundations();
    const declared = declaredBy(sight.stack, found);
    await setUp(progress, { images: declared.images, listCached: false }, sight.dockerEnv);
    return { ...(await open(sight, found)), declared };
}
