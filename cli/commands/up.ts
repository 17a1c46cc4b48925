/** `strata up`: makes the environment what the stack declares, and proves that it is healthy. */

import type { Engine, RunningContainer } from "../engine/engine";
import { advice, condition, evidence, isWell } from "../engine/evidence";
import { ExitCode, Failure } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { firstPersonLines } from "../identity/first-person";
import { sayLogins, stateOfLogins } from "../identity/state-of-logins";
import { countsLine, UpdateView } from "../pulumi/events";
import { describeCertificate, endingCertificates, renewalArguments } from "../pulumi/certificates";
import { endings, remind } from "../pulumi/endings";
import { type AdministratorLogins, administratorLogins, lockedOut } from "../pulumi/logins";
import { refuseRemoval } from "../pulumi/kept-data";
import { refuseChangedHands } from "../pulumi/kept-values";
import { sayData } from "../pulumi/fates";
import { type DataLossOptions, examineVolumes, settleLosses, type Volume } from "../pulumi/lost-data";
import { rebind } from "../pulumi/rebind";
import { recover } from "../pulumi/recover";
import { silentServers } from "../pulumi/servers";
import { refuseTakenNames } from "../pulumi/taken-names";
import { prepare, type PrepareOptions } from "../prepare";
import type { Session } from "../session";
import { POLICY_OPTIONS } from "../stacks/variables";
import { Consent, type ConsentOptions } from "./consent";
import { explain, follow } from "./follow";
import { allWell, serviceRows, whereTable } from "./where";

/** Options of `up`. */
export interface UpOptions extends PrepareOptions, ConsentOptions {
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
    return deploy(["up"], options, () => Promise.resolve([]));
}

/**
 * An update from set-up to proof.
 *
 * @param command - what the person typed: the npm script and its words
 * @param further - more arguments of `pulumi preview` and `pulumi up`, decided when the state is whole
 * @returns exit code, as {@link up}
 */
export async function deploy(
    command: readonly [script: string, ...words: string[]],
    options: DeployOptions,
    further: (session: Session) => Promise<readonly string[]>,
): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const session = await prepare(options, progress, "up");
    const consent = new Consent(session.stack.name, command, options, progress);
    const again: string[] = [];
    const recovered = await recover(session, progress, {
        examine: async (known) => {
            await refuseTakenNames(session, known);
            refuseRemoval(known, session.declared, session.stack);
            const logins = (): Promise<AdministratorLogins> => administratorLogins(session.pulumi);
            await refuseChangedHands(known, session.declared, session.stack.name, logins, options.deleteData);
            const settled = await settleLosses(session, known, options, progress);
            again.push(...settled.args);
            await rebind(session.pulumi, session.declared.platform, known.entrance, progress);
            return settled.changed;
        },
        agree: (plan) => consent.toRecovery(plan),
    });
    const { state, engine } = recovered;
    refusePaused(engine.containers, options);
    const ending = endingCertificates(state.certificates, started);
    const args = [...again, ...(await further(session)), ...renewalArguments(ending)];
    ending
        .filter(({ urn }) => args.includes(urn))
        .forEach((it) => progress.line("!", `${describeCertificate(it)}: a new one is issued now`));
    const refresh = recovered.refresh || options.refresh === true;
    const silent = silentServers(session.declared.platform, state, engine);
    // What is confirmed has to be what is done, so that a refresh of the update is one of its preview.
    const looking = refresh && consent.isNeeded ? [...args, "--refresh"] : args;
    const plan = silent.length === 0 ? await check(session, progress, looking) : undefined;
    const isIdle = plan !== undefined && !plan.hasChanges && !refresh;
    await consent.toUpdate(plan);
    const isAsked = !isIdle && silent.length === 0 && state.contained.length > 0;
    const locked = isAsked ? await lockedOut(session.pulumi) : undefined;
    if (locked) throw locked;
    const view = isIdle ? plan : await update(session, progress, refresh ? [...args, "--refresh"] : args, plan?.said);

    const containers = await settled(session.engine, session.stack.name, progress);
    const services = containers.filter(({ oneShot }) => !oneShot);
    const broken = services.filter((container) => !isWell(container));
    const rows = serviceRows(session.declared, services);
    const logins = session.declared.platform.realm && (await stateOfLogins(session.pulumi));
    if (options.json) {
        const document = {
            stack: session.stack.name,
            changes: view.counts,
            services: rows,
            ...(logins && { logins }),
            milliseconds: Date.now() - started,
        };
        console.log(JSON.stringify(document, undefined, 2));
    }
    progress.print("");
    const well = view.hasChanges ? undefined : allWell(rows, session.stack.name);
    if (well !== undefined) progress.line("✓", well);
    else whereTable(rows).forEach((line) => progress.print(line));
    const old = {
        ...state,
        secretIds: state.secretIds.filter(({ urn }) => !args.includes(urn)),
        authorities: state.authorities.filter(({ urn }) => !args.includes(urn)),
        certificates: state.certificates.filter(({ urn }) => !args.includes(urn)),
    };
    remind(progress, endings(old, session.stack.name, Date.now()));
    for (const container of broken) (await evidence(session.engine, container)).forEach((line) => progress.print(line));
    progress.print(`\n${countsLine(view.counts)} in ${duration(Date.now() - started)}`);
    if (logins?.people === 0)
        firstPersonLines(session.declared, session.stack.name).forEach((it) => progress.print(it));
    if (broken.length > 0) {
        progress.line("✗", `not healthy: ${broken.map(({ name }) => name).join(", ")}`);
        for (const container of broken) progress.print(`  next: ${advice(container, session.stack.name)}`);
    }
    const wrong = logins !== undefined && sayLogins(progress, logins, session.stack.name);
    // What holds data was silent before the update: whether the data is the state's can only be told now.
    const volumes = silent.length > 0 ? await volumesNow(session) : [];
    const { isLost, isUnsure } = sayData(volumes, progress, session.stack.name);
    if (broken.length > 0 || wrong || isLost) return ExitCode.broken;
    if (isUnsure) return ExitCode.unknown;
    return logins?.unknown === undefined ? ExitCode.holds : ExitCode.unknown;
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

/** A container that somebody paused answers nobody: what waits for it would wait until its time is over. */
function refusePaused(containers: readonly RunningContainer[], { stack }: UpOptions): void {
    const [first, ...others] = containers.filter(({ state }) => state === "paused");
    if (!first) return;
    throw new Failure(
        `paused: ${[first, ...others].map(({ name }) => name).join(", ")}`,
        advice(first, stack),
        ExitCode.broken,
    );
}

async function volumesNow({ engine, pulumi }: Session): Promise<Volume[]> {
    return examineVolumes(await pulumi.state(), { engine, logins: () => administratorLogins(pulumi) });
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
