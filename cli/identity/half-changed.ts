/** What a person is told when a change of groups ends between its steps. */

import { ExitCode, Failure } from "../failure";
import { Refused } from "./keycloak-admin";

/** The steps of a change of groups, by the groups' names. */
export interface GroupSteps {
    readonly left: readonly string[];
    /** Groups that the person still has to leave. */
    readonly toLeave: readonly string[];
    readonly joined: readonly string[];
    /** Groups that the person still has to join. */
    readonly toJoin: readonly string[];
}

/**
 * The failure of a change that had begun.
 *
 * @param ended - what ended it: a step that Keycloak refused, or Keycloak's silence
 * @returns `ended` itself when nothing had changed yet
 */
export function halfChanged(username: string, ended: Error, steps: GroupSteps): Error {
    const { left, toLeave, joined, toJoin } = steps;
    if (left.length + joined.length === 0) return ended;
    const said = (what: string, groups: readonly string[]): string[] =>
        groups.length === 0 ? [] : [`  ${what}: ${groups.join(", ")}`];
    const extent = toLeave.length + toJoin.length > 0 ? "changed in part" : "changed, and the sessions go on";
    const isRefused = ended instanceof Refused;
    return new Failure(
        `${ended.message}; the groups of ${username} are ${extent}`,
        `${isRefused ? "correct what was refused" : "wait until Keycloak answers"}, then run the same command again: it goes on from here`,
        isRefused ? ExitCode.broken : ExitCode.unknown,
        [
            ...said("has left", left),
            ...said("has not left yet", toLeave),
            ...said("has joined", joined),
            ...said("has not joined yet", toJoin),
            "  the sessions in Keycloak have not ended: they have the rights from before",
        ],
    );
}
