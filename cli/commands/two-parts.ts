/** An update while servers do not answer that would have to be asked for what is inside them. */

import type { RunningContainer } from "../engine/engine";
import { condition, evidence } from "../engine/evidence";
import { ExitCode, Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { Deeds } from "../pulumi/deeds";
import { silentServers } from "../pulumi/servers";
import type { KnownState } from "../pulumi/state";
import type { Session } from "../session";
import type { Declared } from "../stacks/platform";
import type { Consent } from "./consent";
import { settled } from "./settled";
import { type Done, together, update, type UpdateRequest } from "./update";

/** An open stack with what it declares. */
export type DeclaredSession = Session & { readonly declared: Declared };

/** Servers that do not answer, after those that are starting were waited for. */
export async function stillSilent(
    { engine, stack, declared }: DeclaredSession,
    state: Pick<KnownState, "contained">,
    containers: readonly RunningContainer[],
    progress: Progress,
): Promise<string[]> {
    const silent = silentServers(declared.platform, state, { containers });
    const isStarting = containers.some((it) => silent.includes(it.service) && condition(it) === "starting");
    if (!isStarting) return silent;
    return silentServers(declared.platform, state, { containers: await settled(engine, stack.name, progress) });
}

/** Why an update has two parts. */
export interface Silence {
    /** Names of the servers. */
    readonly silent: readonly string[];
    readonly state: KnownState;
    /** Asks what nobody could answer while they were silent. */
    readonly lookAgain: (state: KnownState, outcome: string) => Promise<void>;
}

/**
 * First brings back the servers, and leaves what is inside them as it is: what the state knows, and what the declaration adds. Then
 * compares that, too. Each part is planned, judged by the policies and asked about.
 *
 * @throws Failure when they do not answer after the first part either, or when the second part would destroy what is inside
 */
export async function updateInTwoParts(
    session: DeclaredSession,
    request: UpdateRequest,
    { silent, state, lookAgain }: Silence,
    consent: Consent,
    progress: Progress,
): Promise<Done> {
    const { engine, stack, pulumi } = session;
    progress.line("!", `not healthy: ${silent.join(", ")}; what is inside is planned and asked about once they are`);
    const first = await update(session, { ...request, args: [], refresh: false, inside: "left" }, consent, progress);
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
    const args = [...request.args, ...leftOver(first.added, state, now)];
    const second = await update(session, { ...request, args, deeds: new Deeds(session, []) }, consent, progress);
    return together(first, second);
}

/**
 * Of the arguments that deeds added to the first part, those that it did not follow: for containers that wait for what was left alone,
 * and for what is inside servers. Pure.
 */
export function leftOver(
    added: readonly string[],
    before: Pick<KnownState, "containers">,
    now: Pick<KnownState, "containers">,
): string[] {
    const idIn = ({ containers }: Pick<KnownState, "containers">, urn: string): string | undefined =>
        containers.find((it) => it.urn === urn)?.id;
    const isDone = (urn: string): boolean => idIn(now, urn) === undefined || idIn(now, urn) !== idIn(before, urn);
    return added.filter((arg, index) => {
        if (arg === "--replace") return !isDone(added[index + 1] ?? "");
        return added[index - 1] !== "--replace" || !isDone(arg);
    });
}

/** Why a command that changes what is inside servers does not begin. */
export function silentUnder(command: readonly string[], silent: readonly string[], stack: string): Failure {
    return new Failure(
        `not healthy: ${silent.join(", ")}, and ${command.join(" ")} changes what is inside; nothing was changed`,
        `bring them back first: docker start ${silent.map((name) => `${stack}-${name}`).join(" ")}, or ${npmRun("up", stack)} with the declaration of before; what it is about: ${npmRun("status", stack)}`,
        ExitCode.broken,
    );
}
