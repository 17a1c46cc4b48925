/** The checks that every run begins with: no other run works on the stack, and the state explains everything on the engine. */

import { readFileSync } from "node:fs";

import { isThrowaway } from "../../model/environments";
import { runs } from "../../offline/build/process";
import { Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import type { Session } from "../session";
import { isService } from "../stacks/backend";
import { encryptionIn } from "../stacks/encryption";
import { readStackFile } from "../stacks/copy";
import { refuseWrongPassphrase } from "../stacks/passphrase";
import { PROJECT } from "../stacks/stack";
import { UpdateView } from "./events";
import { isAbandoned, type Lock, parseLocks, parseProgress, readLocks, workedOn } from "./locks";
import { excluding, lastLine } from "./pulumi";
import { type EngineView, foreignObjects, planRecovery, type Recovery } from "./recovery";
import { isOrphan, recordedRun, type RunRecord } from "./run-record";
import type { KnownState } from "./state";
import { dataVolumes } from "./state-objects";

/** Longest wait for a run whose command line was killed: its current step may wait for a health check. */
const ORPHAN_WAIT_MILLISECONDS = 10 * 60_000;

/** The state and the engine as a run finds them. Nothing of it was changed, but for the lock of a dead run. */
export interface Found {
    readonly state: KnownState;
    /** Without what is going to be cleared away. */
    readonly engine: EngineView;
    readonly plan: Recovery;
}

/**
 * Ends an orphaned run, removes stale locks, and says what else an interrupted run of this state left. That is cleared away after
 * consent (`clear-away.ts`).
 *
 * @param examine - looks at the state and the engine before anything is planned; may throw to end the run
 * @throws Failure when somebody else works on the stack, or the engine has something of the environment that the state does not
 *   explain
 */
export async function recover(
    session: Session,
    progress: Progress,
    examine: (state: KnownState, engine: EngineView) => Promise<void>,
): Promise<Found> {
    const { state, engine } = await compareUnlocked(session, progress);
    refuseForeign(session.stack.name, state, engine);
    await examine(state, engine);
    const plan = planRecovery(state, engine);
    if (plan.lost.length > 0) progress.line("!", `gone or stopped: ${plan.lost.join(", ")}`);
    return { state, engine: without(engine, plan), plan };
}

function without({ containers, networks, volumes }: EngineView, plan: Recovery): EngineView {
    return {
        containers: containers.filter((it) => !plan.orphanContainers.includes(it)),
        networks: networks.filter((it) => !plan.orphanNetworks.includes(it)),
        volumes,
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
 * Reads the engine, makes sure that no other run works on the stack, then reads the state.
 *
 * The order makes it safe to remove what the engine has and the state does not know, though no lock is held meanwhile. Whatever was
 * on the engine was made by a run that began before. A run that still goes on holds its lock; a run that has ended has written
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

/**
 * Makes sure that no other run works on the stack: ends an own run that goes on without its command line, and removes a lock whose
 * run is gone.
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
    if (isService(access.backend)) {
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

/** How the state is refreshed from the engine. */
interface Look {
    /** Options of `pulumi refresh`. */
    readonly options: readonly string[];
    /** Names of volumes that a cut-off run made: nobody has written to them, and the state lacks what the engine says of them. */
    readonly begunVolumes: readonly string[];
}

/**
 * Brings the state up to date with the engine, without what is inside servers, and without data volumes. A refresh of a lost volume
 * would make the state forget what was inside it, and that anything is lost.
 */
export async function refreshEngine(
    session: Session,
    progress: Progress,
    what: string,
    { options, begunVolumes }: Look,
): Promise<void> {
    const view = new UpdateView("check");
    const state = await session.pulumi.state();
    const data = dataVolumes(state).filter(({ name }) => !begunVolumes.includes(name));
    const excluded = [...state.contained, ...data].map(({ urn }) => urn);
    const args = [...options, "--yes", "--skip-preview", ...excluding(excluded)];
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
 * Refuses objects that have the environment's label and that the state does not explain.
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
