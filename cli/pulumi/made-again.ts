/** The resources that leave a state after data volumes were lost, so that the next update makes them again. Pure. */

import { COMMAND, CONTAINER } from "../../model/resource-types";
import type { KnownState } from "./state";
import { dependencies, drop, renumbered, tainted } from "./state-document";

/** What of a state has to be made again after volumes were lost. */
export interface Again {
    /** URNs that leave the state: the volumes, what was inside them, and the commands that filled them. */
    readonly forgotten: readonly string[];
    /** URNs of services that run on what is made again, and have to be restarted. */
    readonly restart: readonly string[];
}

/**
 * Finds what has to be made again.
 *
 * @param lost - URNs of volumes
 * @param state - also names the commands that filled a volume that the state has forgotten: nothing depends on that volume any more
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
        // A container that depends on such a command is a server on other data. One that only waits for that server goes on.
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
 * The state's document after a loss was accepted. It marks what has to be restarted, and drops the numbers of the lost data. As all
 * of this is in the state, a run that is cut off from here on leaves the rest to the next run.
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
