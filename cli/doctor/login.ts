/** What `strata doctor` looks at on the way to a stack's state. */

import { isThrowaway } from "../../model/environments";
import { Failure } from "../failure";
import { withoutLogins } from "../output/text";
import type { Finding } from "../preflight/finding";
import { requireLogin } from "../stacks/access";
import { backendOf } from "../stacks/backend";
import type { Stack } from "../stacks/stack";

/**
 * Judges whether the operator has said where the stack's state is and what opens its secrets. Says what `up` says. A throw-away
 * stack has both in this checkout, so there is no finding.
 *
 * @param caller - the operator's environment
 */
export function inspectLogin(stack: Stack, caller: NodeJS.ProcessEnv = process.env): Finding[] {
    if (isThrowaway(stack.name)) return [];
    const what = "state";
    try {
        requireLogin(stack, caller);
        return [{ what, value: withoutLogins(backendOf(stack, caller)?.url ?? ""), verdict: "good" }];
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const { message, details, next } = error;
        return [{ what, value: message, details, verdict: "bad", fix: next }];
    }
}
