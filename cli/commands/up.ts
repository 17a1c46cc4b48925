/** `strata up`: makes the environment what the stack declares, and proves that it is healthy. */

import type { RunningContainer } from "../../engine/containers";
import { advice, evidence, isWell } from "../engine/evidence";
import { ExitCode, Failure } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { firstPersonLines } from "../identity/first-person";
import { sayLogins, stateOfLogins } from "../identity/state-of-logins";
import { countsLine } from "../pulumi/counts";
import { describeCertificate, endingCertificates, renewalArguments } from "../pulumi/certificates";
import { type Begin, type Deed, Deeds, NOTHING_ELSE } from "../pulumi/deeds";
import { endings, remind } from "../pulumi/endings";
import { loginsOnce } from "../pulumi/logins";
import { refuseRemoval } from "../pulumi/kept-data";
import { refuseChangedHands } from "../pulumi/kept-values";
import { sayData } from "../pulumi/fates";
import { refuseFixedSettings } from "../pulumi/fixed-settings";
import { type DataLossOptions, wordsOf } from "../pulumi/loss-answers";
import { examineVolumes, settleLosses, type Volume } from "../pulumi/lost-data";
import { rebind } from "../pulumi/rebind";
import { clearAway, lookAtEngine } from "../pulumi/clear-away";
import { recover } from "../pulumi/recover";
import { refuseOtherVault } from "../pulumi/same-vault";
import { refuseOtherEngine, type RightEngineOptions } from "../pulumi/right-engine";
import { keepValues, silentServers } from "../pulumi/servers";
import type { KnownState } from "../pulumi/state";
import type { ProtectedData } from "../pulumi/state-data";
import { refuseTakenNames } from "../pulumi/taken-names";
import { prepare, type PrepareOptions } from "../prepare";
import { Consent, type ConsentOptions } from "./consent";
import { settled } from "./settled";
import { type DeclaredSession, silentUnder, stillSilent, updateInTwoParts } from "./two-parts";
import { mustRefresh, update, type UpdateRequest } from "./update";
import { allWell, serviceRows, whereTable } from "./where";

/** Options of `up`. */
export interface UpOptions extends PrepareOptions, ConsentOptions, RightEngineOptions {
    /** Look at the engine for every resource, not only when something is missing. */
    readonly refresh?: boolean;
}

/** Options of every command that ends in an update. */
export type DeployOptions = UpOptions & DataLossOptions;

/** What the person typed: the npm script and its words. */
type Command = readonly [script: string, ...words: string[]];

/** @returns exit code: 0 everything runs and is healthy, 1 something does not */
export function up(options: DeployOptions): Promise<number> {
    return deploy(["up"], options, () => Promise.resolve(NOTHING_ELSE));
}

/**
 * An update, from the set-up to the proof that all services are healthy. Before consent, it changes only what an interrupted run
 * left.
 *
 * @param command - what the person typed
 * @returns exit code, as {@link up}
 */
export async function deploy(command: Command, options: DeployOptions, begin: Begin): Promise<number> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    return deployOn(await prepare(options, progress, "up"), command, options, begin, progress);
}

/** The options that change what the command does, as words for a next step. */
function typedAgain(options: DeployOptions): string[] {
    return [
        ...wordsOf(options),
        ...(options.refresh ? ["--refresh"] : []),
        ...(options.rightEngine ? ["--right-engine"] : []),
        ...(options.changeSupply ? ["--change-supply"] : []),
        ...(options.deleteData ?? []).flatMap((name) => ["--delete-data", `'${name}'`]),
    ];
}

/** {@link deploy} with an open stack. */
export async function deployOn(
    session: DeclaredSession,
    command: Command,
    options: DeployOptions,
    begin: Begin,
    progress: Progress,
): Promise<number> {
    const started = Date.now();
    const { stack, declared } = session;
    const consent = new Consent(stack.name, [...command, ...typedAgain(options)], options, progress);
    let own = NOTHING_ELSE;
    let looksLater = false;
    const before = loginsOnce(session.pulumi);
    const waiting: Deed[] = [];
    const { state, engine, plan } = await recover(session, progress, async (known, present) => {
        await refuseOtherEngine(session, known, present, options);
        await refuseTakenNames(session, known);
        refuseFixedSettings(known, declared.platform.services, stack.name);
        own = await begin(session, known);
        refuseRemoval({ protected: without(known.protected, own.deletes) }, declared, stack);
        const isSilent = keepValues(declared.platform, silentServers(declared.platform, known, present));
        await refuseOtherVault(known, declared, stack.name, present, session.engine);
        await refuseChangedHands(known, declared, stack.name, before, options.deleteData, { isSilent });
        looksLater = isSilent;
        waiting.push(
            ...(await settleLosses(session, known, options, { logins: before }, progress)),
            ...rebind(declared.platform, known.entrance),
            ...own.deeds,
        );
    });
    refusePaused(engine.containers, options);
    const ending = endingCertificates(state.certificates, started);
    const args = [...own.args, ...renewalArguments(ending)];
    ending
        .filter(({ urn }) => args.includes(urn))
        .forEach((it) => progress.line("!", `${describeCertificate(it)}: a new one is issued now`));
    const look = plan.pending.length > 0 || plan.lost.length > 0 ? [lookAtEngine(plan, progress)] : [];
    const deeds = new Deeds(session, [...clearAway(plan, progress), ...waiting, ...look]);
    const inside = state.contained.length > 0 ? "compared" : "none";
    const request: UpdateRequest = { deeds, deletes: own.deletes, args, refresh: mustRefresh(options), inside };
    const silent = await stillSilent(session, state, engine.containers, progress);
    if (silent.length > 0 && own !== NOTHING_ELSE) throw silentUnder(command, silent, stack.name);
    const lookAgain = (known: KnownState, outcome: string): Promise<void> =>
        refuseChangedHands(known, declared, stack.name, loginsOnce(session.pulumi), options.deleteData, { outcome });
    if (looksLater && silent.length === 0) await lookAgain(state, "nothing was touched");
    const { counts, hasChanges } =
        silent.length > 0
            ? await updateInTwoParts(session, request, { silent, lookAgain }, consent, progress)
            : await update(session, request, consent, progress);

    const containers = await settled(session.engine, session.stack.name, progress);
    const services = containers.filter(({ oneShot }) => !oneShot);
    const broken = services.filter((container) => !isWell(container));
    const rows = serviceRows(session.declared, services);
    const after = hasChanges || !deeds.areNone ? loginsOnce(session.pulumi) : before;
    const logins = session.declared.platform.realm && (await stateOfLogins(session.pulumi, after));
    if (options.json) {
        const document = {
            stack: session.stack.name,
            changes: counts,
            services: rows,
            ...(logins && { logins }),
            milliseconds: Date.now() - started,
        };
        console.log(JSON.stringify(document, undefined, 2));
    }
    progress.print("");
    const well = hasChanges ? undefined : allWell(rows, session.stack.name);
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
    progress.print(`\n${countsLine({ counts, hasChanges })} in ${duration(Date.now() - started)}`);
    if (logins?.people === 0)
        firstPersonLines(session.declared, session.stack.name).forEach((it) => progress.print(it));
    if (broken.length > 0) {
        progress.line("✗", `not healthy: ${broken.map(({ name }) => name).join(", ")}`);
        for (const container of broken) progress.print(`  next: ${advice(container, session.stack.name)}`);
    }
    const wrong = logins !== undefined && sayLogins(progress, logins, session.stack.name);
    // The servers that hold data were silent before the update. Only now can they tell whether the data is the state's.
    const volumes = silent.length > 0 ? await volumesNow(session) : [];
    const { isLost, isUnsure } = sayData(volumes, progress, session.stack.name);
    if (broken.length > 0 || wrong || isLost) return ExitCode.broken;
    if (isUnsure) return ExitCode.unknown;
    return logins?.unknown === undefined ? ExitCode.holds : ExitCode.unknown;
}

function without(data: readonly ProtectedData[], going: readonly ProtectedData[]): ProtectedData[] {
    return data.filter(({ urn }) => !going.some((one) => one.urn === urn));
}

/** Refuses paused containers. They do not answer, so whatever waits for them would wait until its time is over. */
function refusePaused(containers: readonly RunningContainer[], { stack }: UpOptions): void {
    const [first, ...others] = containers.filter(({ state }) => state === "paused");
    if (!first) return;
    throw new Failure(
        `paused: ${[first, ...others].map(({ name }) => name).join(", ")}`,
        advice(first, stack),
        ExitCode.broken,
    );
}

async function volumesNow({ engine, pulumi }: DeclaredSession): Promise<Volume[]> {
    return examineVolumes(await pulumi.state(), { engine, logins: loginsOnce(pulumi) });
}
