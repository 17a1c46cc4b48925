/** An update in two parts, for a time when servers do not answer that hold declared configuration. */

import type { RunningContainer } from "../../engine/containers";
import { condition, evidence } from "../engine/evidence";
import { ExitCode, Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { Deeds } from "../pulumi/deeds";
import { addedInside, besideServers, providersBehind, silentServers } from "../pulumi/servers";
import type { KnownState } from "../pulumi/state";
import type { Session } from "../session";
import type { Declaration } from "../stacks/declaration";
import type { Declared } from "../stacks/platform";
import type { Consent } from "./consent";
import { settled } from "./settled";
import { type Done, together, update, type UpdateRequest } from "./update";

/** An open stack with what it declares. */
export type DeclaredSession = Session & { readonly declared: Declared; readonly declaration: Declaration };

/**
 * Servers that still do not answer after a wait for those that are starting.
 *
 * @param containers - without those that an interrupted run left: they are cleared away before the update
 */
export async function stillSilent(
    { engine, stack, declared }: DeclaredSession,
    state: Pick<KnownState, "contained">,
    containers: readonly RunningContainer[],
    progress: Progress,
): Promise<string[]> {
    const silent = silentServers(declared.platform, state, { containers });
    const isStarting = containers.some((it) => silent.includes(it.service) && condition(it) === "starting");
    if (!isStarting) return silent;
    const now = await settled(engine, stack.name, progress);
    const kept = now.filter(({ id }) => containers.some((it) => it.id === id));
    return silentServers(declared.platform, state, { containers: kept });
}

/** Why an update has two parts. */
export interface Silence {
    /** Names of the servers. */
    readonly silent: readonly string[];
    /** Repeats the checks for which these servers have to answer. */
    readonly lookAgain: (state: KnownState, outcome: string) => Promise<void>;
}

/**
 * Updates in two parts. The first part brings the servers back and leaves the configuration inside them alone. The second part
 * compares that configuration, too. Each part is planned, judged by the policies and asked about.
 *
 * When the declaration adds configuration, the first part contains the servers only. Other containers may need what is added, and
 * Pulumi's SDK forgets which resources wait for a resource that is left out.
 *
 * @throws Failure when the servers do not answer after the first part either, or the second part would destroy a value
 */
export async function updateInTwoParts(
    session: DeclaredSession,
    request: UpdateRequest,
    { silent, lookAgain }: Silence,
    consent: Consent,
    progress: Progress,
): Promise<Done> {
    const { engine, stack, pulumi, declared } = session;
    progress.line("!", `not healthy: ${silent.join(", ")}; what is inside is planned and asked about once they are`);
    const leaveOut: UpdateRequest["leaveOut"] = (plan, known) => {
        const added = addedInside(plan, known, providersBehind(declared.platform, silent));
        return added.length > 0 ? besideServers(plan, declared.platform, silent) : [];
    };
    const alone = { ...request, args: [], refresh: false, inside: "left", leaveOut } as const;
    const first = await update(session, alone, consent, progress);
    if (first.hasChanges || request.deeds.says.length > 0) consent.begun();
    const containers = await settled(engine, stack.name, progress);
    const now = await pulumi.state();
    const left = await stillSilent(session, now, containers, progress);
    if (left.length > 0) {
        const details: string[] = [];
        for (const it of containers.filter(({ service, oneShot }) => !oneShot && left.includes(service))) {
            details.push(...(await evidence(engine, it)));
        }
        throw new Failure(
            `not healthy: ${left.join(", ")}; what is inside was not compared`,
            `mend that, then run it again; what it is about: ${npmRun("status", stack.name)}`,
            ExitCode.broken,
            details,
        );
    }
    await lookAgain(now, "the servers are back, and nothing more was changed");
    // A deed may have asked for a refresh. Only the second part can refresh what is inside the servers.
    const args = [...request.args, ...first.added.filter((arg) => arg === "--refresh")];
    const second = await update(session, { ...request, args, deeds: new Deeds(session, []) }, consent, progress);
    return together(first, second);
}

/** The refusal of a command that changes what is inside servers, while these do not answer. */
export function silentUnder(command: readonly string[], silent: readonly string[], stack: string): Failure {
    return new Failure(
        `not healthy: ${silent.join(", ")}, and ${command.join(" ")} changes what is inside; nothing was changed`,
        bringBack(silent, stack),
        ExitCode.broken,
    );
}

function bringBack(silent: readonly string[], stack: string): string {
    const names = silent.map((name) => `${stack}-${name}`).join(" ");
    return `bring them back first: docker start ${names}, or ${npmRun("up", stack)}; what it is about: ${npmRun("status", stack)}`;
}
