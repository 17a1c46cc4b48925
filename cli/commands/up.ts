/** `strata up`: makes the environment what the stack declares, and proves that it is healthy. */

import type { Engine, RunningContainer } from "../engine/engine";
import { condition, evidence, isWell } from "../engine/evidence";
import { ExitCode, npmRun } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { countsLine, UpdateView } from "../pulumi/events";
import { endings, remind } from "../pulumi/endings";
import { lockedOut } from "../pulumi/logins";
import { refuseRemoval } from "../pulumi/kept-data";
import { type DataLossOptions, settleLosses } from "../pulumi/lost-data";
import { rebind } from "../pulumi/rebind";
import { recover } from "../pulumi/recover";
import { silentServers } from "../pulumi/servers";
import { prepare } from "../prepare";
import type { Session, StackOptions } from "../session";
import { POLICY_OPTIONS } from "../stacks/variables";
import { explain, follow } from "./follow";
import { serviceRows, whereTable } from "./where";

/** Options of `up`. */
export interface UpOptions extends StackOptions {
    readonly json?: boolean;
    /** Look at the engine for every resource, not only when something is missing. */
    readonly refresh?: boolean;
}

/** Options of everything that ends in an update. */
export type DeployOptions = UpOptions & DataLossOptions;

/** Arguments of every run. */
const COMMON = ["--suppress-outputs", ...POLICY_OPTIONS];

/** Longest wait after the update for containers that were there before it and are still starting. */
const STARTING_MILLISECONDS = 180_000;

/** @returns exit code: 0 everything runs and is healthy, 1 something does not */
export function up(options: DeployOptions): Promise<number> {
    return deploy(options, () => Promise.resolve([]));
}

/**
 * An update from set-up to proof.
 *
 * @param further - more arguments of `pulumi preview` and `pulumi up`, decided when the state is whole
 * @returns exit code, as {@link up}
 */
export async function deploy(
    options: DeployOptions,
    further: (session: Session) => Promise<readonly string[]>,
): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const session = await prepare(options, progress);
    const again: string[] = [];
    const recovered = await recover(session, progress, async (known) => {
        refuseRemoval(known, session.declared, session.stack);
        const settled = await settleLosses(session, known, options, progress);
        again.push(...settled.args);
        await rebind(session.pulumi, session.declared.platform, known.entrance, progress);
        return settled.changed;
    });
    const args = [...again, ...(await further(session))];
    const refresh = recovered.refresh || options.refresh === true;
    const { state, engine } = recovered;
    const silent = silentServers(session.declared.platform, state, engine);
    const plan = silent.length === 0 ? await check(session, progress, args) : undefined;
    const isIdle = plan !== undefined && !plan.hasChanges && !refresh;
    const isAsked = !isIdle && silent.length === 0 && state.contained.length > 0;
    const locked = isAsked ? await lockedOut(session.pulumi) : undefined;
    if (locked) throw locked;
    const view = isIdle ? plan : await update(session, progress, refresh ? [...args, "--refresh"] : args, plan?.said);

    const containers = await settled(session.engine, session.stack.name, progress);
    const services = containers.filter(({ oneShot }) => !oneShot);
    const broken = services.filter((container) => !isWell(container));
    const rows = serviceRows(session.declared, services);
    if (options.json) {
        const document = {
            stack: session.stack.name,
            changes: view.counts,
            services: rows,
            milliseconds: Date.now() - started,
        };
        console.log(JSON.stringify(document, undefined, 2));
    }
    progress.print("");
    whereTable(rows).forEach((line) => progress.print(line));
    const old = {
        ...state,
        secretIds: state.secretIds.filter(({ urn }) => !args.includes(urn)),
        authorities: state.authorities.filter(({ urn }) => !args.includes(urn)),
    };
    remind(progress, endings(old, session.stack.name, Date.now()));
    for (const container of broken) (await evidence(session.engine, container)).forEach((line) => progress.print(line));
    progress.print(`\n${countsLine(view.counts)} in ${duration(Date.now() - started)}`);
    if (broken.length === 0) return ExitCode.holds;
    progress.line("✗", `not healthy: ${broken.map(({ name }) => name).join(", ")}`);
    progress.print(`  next: ${npmRun("logs", session.stack.name, broken[0]?.service ?? "")}`);
    return ExitCode.broken;
}

/**
 * A run that changes nothing: what a policy refuses or the program cannot do ends here, with everything as it was.
 *
 * @returns what there is to do
 */
async function check(session: Session, progress: Progress, args: readonly string[]): Promise<UpdateView> {
    const view = new UpdateView("check");
    const run = await follow(session, progress, view, "preview", [...COMMON, ...args]);
    if (run.code !== 0) throw await explain(session, view, run);
    return view;
}

/** @returns what was done */
async function update(
    session: Session,
    progress: Progress,
    args: readonly string[],
    said?: Set<string>,
): Promise<UpdateView> {
    const view = new UpdateView("update", said);
    const run = await follow(session, progress, view, "up", ["--yes", "--skip-preview", ...COMMON, ...args]);
    if (run.code !== 0) throw await explain(session, view, run);
    return view;
}

/** Waits while containers that the update did not touch are still starting, as after a restart of the engine. */
async function settled(engine: Engine, environment: string, progress: Progress): Promise<RunningContainer[]> {
    const deadline = Date.now() + STARTING_MILLISECONDS;
    let containers = await engine.containers(environment);
    const starting = (): RunningContainer[] => containers.filter((it) => !it.oneShot && condition(it) === "starting");
    progress.wait(
        () =>
            `waiting for health of ${starting()
                .map(({ name }) => name)
                .join(", ")}`,
    );
    while (starting().length > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        containers = await engine.containers(environment);
    }
    progress.settle();
    return containers;
}
