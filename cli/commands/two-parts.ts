/** An update while servers do not answer that would have to be asked for what is inside them. */

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
 * Servers that do not answer, after those that are starting were waited for.
 *
 * @param containers - without what an interrupted run left: it does not answer any more once it is cleared away
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
    /** Asks what nobody could answer while they were silent. */
    readonly lookAgain: (state: KnownState, outcome: string) => Promise<void>;
}

/**
 * First brings back the servers, and leaves what is inside them as the state knows it; then compares that, too. Each part is planned,
 * judged by the policies and asked about.
 *
 * Where the declaration adds something inside, the first part is the servers alone: other containers may need what is added, and
 * Pulumi's SDK forgets what waits for a resource that is left out.
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
    // A deed that looks at what is inside asks that of this part.
    const args = [...request.args, ...first.added.filter((arg) => arg === "--refresh")];
    const second = await update(session, { ...request, args, deeds: new Deeds(session, []) }, consent, progress);
    return together(first, second);
}

/** Why a command that changes what is inside servers does not begin. */
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
