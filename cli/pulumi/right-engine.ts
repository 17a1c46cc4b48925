/** Whether a run looks at the environment's own engine. */

import { isThrowaway } from "../../model/environments";
import type { RunningContainer } from "../engine/engine";
import { Failure, npmRun } from "../failure";
import type { Sight } from "../session";
import type { KnownState } from "./state";

/** What the user said about the engine. */
export interface RightEngineOptions {
    /** It is the environment's own, though it has none of the environment's containers. */
    readonly rightEngine?: boolean;
}

/**
 * Refuses an engine that has none of the containers that a state knows: most often it is another machine's. What the engine has
 * lost is not spoken of before, because whoever accepts that on a wrong machine forgets the state of the right one.
 *
 * @param containers - of this environment on the engine
 */
export function refuseOtherEngine(
    { stack, dockerEnv }: Pick<Sight, "stack" | "dockerEnv">,
    state: Pick<KnownState, "containers" | "replaced"> | undefined,
    { containers }: { readonly containers: readonly RunningContainer[] },
    { rightEngine }: RightEngineOptions = {},
): void {
    const known = state?.containers.map(({ id }) => id) ?? [];
    const isHere = containers.some(({ id }) => known.includes(id) || state?.replaced.includes(id));
    if (isThrowaway(stack.name) || known.length === 0 || isHere || rightEngine === true) return;
    throw new Failure(
        `the engine at ${dockerEnv.DOCKER_HOST} has none of the ${known.length} containers that the state of ${stack.name} knows: is it the right engine? Nothing was touched`,
        `work with the engine that runs it (strata:engine.host of ${stack.source}); ` +
            `if it is the right one, and was set up anew or lost its containers: ${npmRun("up", stack.name, "--right-engine")} ("A machine that is set up anew" in docs/data.md)`,
    );
}
