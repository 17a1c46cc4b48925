/** Clears away what an interrupted run left, so that the next one converges. */

import { readFileSync } from "node:fs";

import { isThrowaway } from "../../model/environments";
import { runs } from "../../offline/build/process";
import { Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import type { Session } from "../session";
import { encryptionIn } from "../stacks/encryption";
import { readStackFile } from "../stacks/copy";
import { refuseWrongPassphrase } from "../stacks/passphrase";
import { PROJECT } from "../stacks/stack";
import type { Deed } from "./deeds";
import { UpdateView } from "./events";
import { isAbandoned, type Lock, parseLocks, parseProgress, readLocks, workedOn } from "./locks";
import { lastLine } from "./pulumi";
import { type EngineView, foreignObjects, planRecovery, type Recovery } from "./recovery";
import { adoptVolumes, unfinishedVolumes } from "./begun-volumes";
import { isOrphan, recordedRun, type RunRecord } from "./run-record";
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

/** What a run asks before it touches anything but the lock of a dead run. Each may throw to end it. */
export interface RecoveryQuestions {
    /** Looks at the state and the engine. */
    readonly examine: (state: KnownState, engine: EngineView) => Promise<void>;
    /** Whether what an interrupted run left may be cleared away. */
    readonly agree: (plan: Recovery) => Promise<void>;
}

/**
 * Ends an orphaned run, removes stale locks, removes containers and networks that an interrupted run of this state left, and
 * clears its pending operations.
 *
 * @throws Failure when somebody else works on the stack, or the engine has something of the environment that the state does not
 *   explain
 */
export async function recover(
    session: Session,
    progress: Progress,
    { examine, agree }: RecoveryQuestions,
): Promise<Recovered> {
    const { state, engine } = await compareUnlocked(session, progress);
    refuseForeign(session.stack.name, state, engine);
    await examine(state, engine);
    const plan = planRecovery(state, engine);
    await agree(plan);
    await removeOrphans(session, plan, progress);
    if (plan.pending.length > 0) {
        const unfinished = unfinishedVolumes(state, engine.volumes);
        if (unfinished.length > 0) await session.pulumi.rewrite((exported) => adoptVolumes(exported, unfinished));
        const what = `recovery of ${plan.pending.length} operations that were cut off`;
        await refreshEngine(session, progress, what, ["--clear-pending-creates"]);
    }
    if (plan.lost.length > 0) progress.line("!", `gone or stopped: ${plan.lost.join(", ")}`);
    // Clearing pending operations has refreshed everything already.
    return { state, engine, refresh: plan.lost.length > 0 && plan.pending.length === 0 };
}

/**
 * Tells the state what the engine has lost or stopped, without asking the servers for what is inside them: they may be among the
 * lost.
 */
export function lookAtEngine(progress: Progress): Deed {
    return {
        says: ["the state is told what is gone or stopped"],
        toState: async (session) => {
            await refreshEngine(session, progress, "look at the engine", []);
            return [];
        },
    };
}

/**
 * Reads the engine, then the state: to look, not to remove. In this order, because a run writes into the state what it is going to
 * make: a state that was read first would not know what a run makes meanwhile.
 */
export async function compare(session: Session): Promise<{ state: KnownState; engine: EngineView }> {
    const engine = await viewOf(session);
    return { state: await session.pulumi.state(), engine };
}

/**
 * Reads the engine, makes sure that nobody works on the stack, then reads the state.
 *
 * The order makes it safe to remove what the engine has and the state does not know, though no lock is held meanwhile. Whatever was
 * on the engine was made by a run that began before. A run that still goes on holds its lock; one that has ended has written
 * everything down. What a later run makes is not in the view.
 *
 * @throws Failure when somebody else works on the stack
 */
async function compareUnlocked(
    session: Session,
    progress: Progress,
): Promise<{ state: KnownState; engine: EngineView }> {
    await endOrphan(recordedRun(session.stack), progress);
    const engine = await viewOf(session);
    await releaseLock(session, progress);
    return { state: await session.pulumi.state(), engine };
}

/** What the engine has of an environment. */
export async function viewOf({ engine, stack }: Pick<Session, "engine" | "stack">): Promise<EngineView> {
    const [containers, networks, volumes] = await Promise.all([
        engine.containers(stack.name),
        engine.networks(stack.name),
        engine.volumes(stack.name),
    ]);
    return { containers, networks, volumes };
}

/** Removes containers first, because a network with members cannot be removed. */
async function removeOrphans(session: Session, plan: Recovery, progress: Progress): Promise<void> {
    const { orphanContainers, orphanNetworks } = plan;
    await session.engine.remove("container", orphanContainers);
    await session.engine.remove("network", orphanNetworks);
    for (const { name } of [...orphanContainers, ...orphanNetworks]) {
        progress.line("!", `${name} removed: an interrupted run left it`);
    }
}

/**
 * Makes sure that nobody works on the stack: ends an own run that goes on without its command line, and removes a lock that nobody
 * holds.
 *
 * @throws Failure when somebody else works on the stack
 */
export async function releaseLock(session: Session, progress: Progress): Promise<void> {
    const { stack, pulumi, access } = session;
    const run = recordedRun(stack);
    await endOrphan(run, progress);
    const isPrivate = access.backend.folder === stack.stateFolder;
    const locks = await locksOf(session, isPrivate);
    const held = locks.filter((lock) => !isAbandoned(lock, isPrivate, run));
    if (held.length > 0) throw workedOn(stack.name, held);
    if (locks.length > 0) {
        const cancelled = await pulumi.ask(["cancel", "--yes", "--stack", stack.name]);
        if (cancelled.code !== 0)
            throw new Failure(`the lock stays: ${lastLine(cancelled.stderr)}`, `run: ${npmRun("doctor")}`);
        progress.line("!", "lock of an interrupted run removed");
    }
}

/** Asks the backend who works on the stack. See `docs/adr/0010-asking-for-the-lock.md`. */
async function locksOf({ stack, pulumi, access }: Session, isPrivate: boolean): Promise<Lock[]> {
    if (isPrivate) return readLocks(stack.stateFolder, PROJECT, stack.name);
    if (access.backend.kind === "service") {
        const asked = await pulumi.ask(["stack", "--stack", stack.name]);
        if (asked.code === 0) return parseProgress(asked.stdout);
        throw new Failure(
            `it cannot be told whether somebody works on ${stack.name}: ${lastLine(asked.stderr)}`,
            "check your access: pulumi whoami -v; nothing was touched",
        );
    }
    const created = await pulumi.createStack(encryptionIn(readStackFile(pulumi.configFile)));
    return created.outcome === "locked" ? [...created.locks] : [];
}

/** Ends a run whose command line was killed, after its running step. */
async function endOrphan(run: RunRecord | undefined, progress: Progress): Promise<void> {
    if (run === undefined || !isOrphan(run)) return;
    const { pid } = run.pulumi;
    process.kill(pid, "SIGINT");
    const started = Date.now();
    progress.wait(() => `the run that was cut off (process ${pid}) finishes its step`);
    while (runs(run.pulumi)) {
        if (Date.now() - started > ORPHAN_WAIT_MILLISECONDS) {
            progress.settle();
            throw new Failure(`process ${pid} does not end`, `end it: kill -9 ${pid}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    progress.settle();
}

/** Brings the state up to date with the engine, without what is inside servers. */
async function refreshEngine(
    session: Session,
    progress: Progress,
    what: string,
    options: readonly string[],
): Promise<void> {
    const view = new UpdateView("check");
    const { contained } = await session.pulumi.state();
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
        const log = readFileSync(ended.logFile, "utf8");
        const locks = parseLocks(log);
        if (locks.length > 0) throw workedOn(session.stack.name, locks);
        refuseWrongPassphrase(session.stack.name, log);
        throw new Failure("the state cannot be refreshed", `read ${ended.logFile}`, 1, view.errors);
    });
}

/**
 * Refuses what has the environment's label and the state does not explain.
 *
 * @throws Failure with the ways out
 */
export function refuseForeign(environment: string, state: KnownState, engine: EngineView): void {
    const names = foreignObjects(state, engine);
    if (names.length === 0) return;
    const shown = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
    const hasState = state.resources > 0 || state.pending.length > 0;
    throw hasState ? unexplained(environment, shown) : ownedByAnother(environment, shown);
}

function unexplained(environment: string, shown: string): Failure {
    return new Failure(
        `${environment} has objects on this engine that its state does not know (${shown}); nothing was touched`,
        "if another checkout or an older state made them, work from there; if nobody needs them, look at each with docker inspect and " +
            `remove it by hand${isThrowaway(environment) ? `, or begin anew: ${npmRun("down", environment, "--without-state")}` : ""}`,
    );
}

function ownedByAnother(environment: string, shown: string): Failure {
    return new Failure(
        `${environment} exists on this engine (${shown}), but this checkout has no state for it`,
        "work from the checkout that made it, or bring its .strata back; " +
            (isThrowaway(environment)
                ? `to begin anew: ${npmRun("down", environment, "--volumes", "--without-state")} (deletes its data)`
                : 'if its state is lost for good: "A lost state" in docs/configuration.md'),
    );
}
