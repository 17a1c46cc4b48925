/** Clears away what an interrupted run left, so that the next one converges. */

import { Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { processName } from "../../offline/build/process-name";
import type { Session } from "../session";
import { PROJECT } from "../stacks/stack";
import { UpdateView } from "./events";
import { lastLine, recordedRun } from "./pulumi";
import { type EngineView, foreignObjects, isStale, planRecovery, readLocks, type Recovery } from "./recovery";
import type { KnownState } from "./state";

/** Longest wait for a run whose command line was killed: its current step may wait for a health check. */
const ORPHAN_WAIT_MILLISECONDS = 10 * 60_000;

/** State and engine after the recovery. */
export interface Recovered {
    readonly state: KnownState;
    readonly engine: EngineView;
    /** Something that the state knows is gone or stopped: the run has to look before it acts. */
    readonly refresh: boolean;
}

/**
 * Ends an orphaned run, removes stale locks, removes labelled containers and networks that the state does not know, and
 * clears pending operations.
 *
 * @param examine - looks at the state before anything else is touched. @returns whether it changed the state
 * @throws Failure when somebody else works on the stack, or the environment belongs to another checkout
 */
export async function recover(
    session: Session,
    progress: Progress,
    examine: (state: KnownState) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Recovered> {
    await releaseLock(session, progress);
    const found = await compare(session);
    const { state, engine } = (await examine(found.state)) ? await compare(session) : found;
    const plan = planRecovery(state, engine);
    const foreign = foreignObjects(state, engine, recordedRun(session.stack) !== undefined);
    if (foreign.length > 0) throw ownedByAnother(session.stack.name, foreign);
    await removeOrphans(session, plan, progress);
    if (plan.pending.length > 0) {
        const what = `recovery of ${plan.pending.length} operations that were cut off`;
        await refreshEngine(session, progress, state, what, ["--clear-pending-creates"]);
    }
    if (plan.lost.length > 0) progress.line("!", `gone or stopped: ${plan.lost.join(", ")}`);
    // Clearing pending operations has refreshed everything already.
    const refresh = plan.lost.length > 0 && plan.pending.length === 0;
    if (refresh && state.contained.length > 0) {
        // Whoever holds what is inside may be among the lost: it is not asked before it is back.
        await refreshEngine(session, progress, state, "look at the engine", []);
        return { state, engine, refresh: false };
    }
    return { state, engine, refresh };
}

/** Reads the state and the engine at the same time. */
export async function compare(session: Session): Promise<{ state: KnownState; engine: EngineView }> {
    const { engine, stack, pulumi } = session;
    const [state, containers, networks, volumes] = await Promise.all([
        pulumi.state(),
        engine.containers(stack.name),
        engine.networks(stack.name),
        engine.volumes(stack.name),
    ]);
    return { state, engine: { containers, networks, volumes } };
}

/** Removes containers first, because a network with members cannot be removed. */
export async function removeOrphans(session: Session, plan: Recovery, progress: Progress): Promise<void> {
    const { orphanContainers, orphanNetworks } = plan;
    await session.engine.remove("container", orphanContainers);
    await session.engine.remove("network", orphanNetworks);
    for (const { name } of [...orphanContainers, ...orphanNetworks]) {
        progress.line("!", `${name} removed: an interrupted run left it`);
    }
}

/** Makes sure that nobody holds the stack's lock. */
export async function releaseLock(session: Session, progress: Progress): Promise<void> {
    const { stack, pulumi } = session;
    const run = recordedRun(stack);
    if (run && isPulumi(run.pulumi) && processName(run.owner) === undefined) {
        process.kill(run.pulumi, "SIGINT");
        const started = Date.now();
        progress.wait(() => `the run that was cut off (process ${run.pulumi}) finishes its step`);
        while (isPulumi(run.pulumi)) {
            if (Date.now() - started > ORPHAN_WAIT_MILLISECONDS) {
                progress.settle();
                throw new Failure(`process ${run.pulumi} does not end`, `end it: kill -9 ${run.pulumi}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
        progress.settle();
    }
    const locks = readLocks(stack.stateFolder, PROJECT, stack.name);
    const held = locks.find((lock) => !isStale(lock, processName));
    if (held) {
        throw new Failure(
            `${stack.name} is being worked on by process ${held.pid} on ${held.host} since ${held.since}`,
            `wait for it; if it is gone for good: pulumi cancel --yes --stack ${stack.name}`,
        );
    }
    if (locks.length > 0) {
        const cancelled = await pulumi.ask(["cancel", "--yes", "--stack", stack.name]);
        if (cancelled.code !== 0)
            throw new Failure(`the lock stays: ${lastLine(cancelled.stderr)}`, `run: ${npmRun("doctor")}`);
        progress.line("!", "lock of an interrupted run removed");
    }
}

/** Brings the state up to date with the engine, without what is inside servers. */
async function refreshEngine(
    session: Session,
    progress: Progress,
    { contained }: KnownState,
    what: string,
    options: readonly string[],
): Promise<void> {
    const view = new UpdateView("check");
    const excluded = contained.flatMap(({ urn }) => ["--exclude", urn]);
    const args = [...options, "--yes", "--skip-preview", ...excluded];
    await progress.step(what, async (say) => {
        const ended = await session.pulumi.operate(
            "refresh",
            args,
            (event) => {
                view.apply(event);
                say(view.waiting() ?? "");
            },
            () => say("stopping"),
        );
        if (ended.code === 0) return;
        throw new Failure("the state cannot be refreshed", `read ${ended.logFile}`, 1, view.errors);
    });
}

function ownedByAnother(environment: string, names: readonly string[]): Failure {
    const shown = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
    return new Failure(
        `${environment} exists on this engine (${shown}), but this checkout has no state for it`,
        "work from the checkout that made it, or bring its .strata back; " +
            `to begin anew: ${npmRun("down", environment, "--volumes")} (deletes its data)`,
    );
}

function isPulumi(pid: number): boolean {
    return processName(pid) === "pulumi";
}
