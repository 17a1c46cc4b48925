/** Deeds that clear away, after consent, what an interrupted run left. The plan is made as if they were done. */

import type { Progress } from "../output/progress";
import { adoptVolumes } from "./begun-volumes";
import type { Deed } from "./deeds";
import { refreshEngine } from "./recover";
import type { Recovery } from "./recovery";

/**
 * Removes containers and networks that the state does not know, and writes begun volumes into the state. It comes before all other
 * deeds: they change the state with `pulumi stack import`, which drops operations that were cut off.
 *
 * @returns nothing after a run that ended in order
 */
export function clearAway(plan: Recovery, progress: Progress): Deed[] {
    const { orphanContainers, orphanNetworks, pending, begunVolumes } = plan;
    const orphans = [...orphanContainers, ...orphanNetworks].map(({ name }) => name);
    const says = [
        ...(orphans.length > 0 ? [`left by an interrupted run, is removed: ${orphans.join(", ")}`] : []),
        ...(pending.length > 0 ? [`recovered: ${pending.length} operations that were cut off`] : []),
    ];
    if (says.length === 0) return [];
    return [
        {
            says,
            elsewhere: async ({ engine }) => {
                // Containers first: a network with members cannot be removed.
                await engine.remove("container", orphanContainers);
                await engine.remove("network", orphanNetworks);
                for (const name of orphans) progress.line("!", `${name} removed: an interrupted run left it`);
            },
            toState: async ({ pulumi }) => {
                if (begunVolumes.length > 0) await pulumi.rewrite((exported) => adoptVolumes(exported, begunVolumes));
                return [];
            },
        },
    ];
}

/**
 * Refreshes the state with what the engine has lost or stopped, and ends operations that were cut off. It does not ask servers for
 * what is inside them, because they may be lost themselves. It comes after the deeds that forget lost data: these need the state's
 * knowledge of what depended on that data.
 */
export function lookAtEngine(plan: Pick<Recovery, "pending" | "begunVolumes">, progress: Progress): Deed {
    const { pending, begunVolumes } = plan;
    const [what, options] =
        pending.length > 0
            ? [`recovery of ${pending.length} operations that were cut off`, ["--clear-pending-creates"]]
            : ["look at the engine", []];
    return {
        says: pending.length > 0 ? [] : ["the state is told what is gone or stopped"],
        toState: async (session) => {
            await refreshEngine(session, progress, what, { options, begunVolumes });
            return [];
        },
    };
}
