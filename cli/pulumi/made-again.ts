/** What leaves a state after data volumes were lost, so that the next update makes it again. Pure. */

import { COMMAND, CONTAINER } from "../../model/resource-types";
import type { KnownState } from "./state";
import { dependencies, drop, renumbered, tainted } from "./state-document";

/** What of a state has to be made again after volumes were lost. */
export interface Again {
    /** URNs that leave the state: the volumes, what was inside them, and the commands that filled them. */
    readonly forgotten: readonly string[];
    /** URNs of services that run on what is made again, and have to notice. */
    readonly restart: readonly string[];
}

/**
 * @param lost - URNs of volumes
 * @param state - also says which commands filled a volume that the state has forgotten: nothing depends on it any more
 */
export function makeAgain(
    exported: unknown,
    lost: readonly string[],
    { contained, numbered }: Pick<KnownState, "contained" | "numbered">,
): Again {
    const inside = contained.filter(({ volume }) => lost.includes(volume)).map(({ urn }) => urn);
    const commands = numbered.flatMap(({ volume, reader }) => (reader && lost.includes(volume) ? [reader] : []));
    const reached = new Set([...lost, ...commands]);
    const restart: string[] = [];
    for (const { urn, type, mustRun, on } of dependencies(exported)) {
        if ((type !== CONTAINER && type !== COMMAND) || reached.has(urn)) continue;
        if (!on.some((each) => reached.has(each))) continue;
        // What follows from a command is a server on other data; what only waits for such a server goes on.
        const direct = on.some((each) => lost.includes(each) || commands.includes(each));
        if (type === COMMAND) {
            reached.add(urn);
            commands.push(urn);
        } else if (direct) {
            reached.add(urn);
            if (mustRun && !on.some((each) => lost.includes(each))) restart.push(urn);
        }
    }
    return { forgotten: [...lost, ...inside, ...commands], restart };
}

/**
 * The document after a loss was accepted. All of it is in the state, so that a run that is cut off from here on leaves the rest to the
 * next one: what has to be restarted is marked, and the number of the lost data is no number of the new data.
 *
 * @param lost - URNs of volumes
 * @param kept - those of them that stay, because the engine has them: with other data in them
 */
export function forgetLost(
    exported: unknown,
    lost: readonly string[],
    kept: readonly string[],
    state: KnownState,
): unknown {
    const { forgotten, restart } = makeAgain(exported, lost, state);
    const holders = state.numbered.flatMap(({ volume, holder }) => (holder && lost.includes(volume) ? [holder] : []));
    const going = forgotten.filter((urn) => !kept.includes(urn));
    return tainted(renumbered(drop(exported, going), holders), restart);
}
