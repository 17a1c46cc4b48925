/** `strata down`: removes an environment. Data stays unless its name is typed. */

import { isDeepStrictEqual } from "node:util";

import { isThrowaway } from "../../model/environments";
import type { RunningContainer } from "../../engine/containers";
import { ExitCode, Failure, npmRun, rejected } from "../failure";
import { Progress } from "../output/progress";
import { ask, type Terminal, terminalOf } from "../output/question";
import { duration } from "../output/text";
import { UpdateView } from "../pulumi/events";
import { excluding } from "../pulumi/pulumi";
import { compare, releaseLock, viewOf } from "../pulumi/recover";
import { describeRemoval, divide, namesOf, type Objects, together } from "../pulumi/removal";
import { refuseOtherEngine, type RightEngineOptions } from "../pulumi/right-engine";
import { refuseTakenVolumes } from "../pulumi/taken-names";
import type { KnownState } from "../pulumi/state";
import { detach, drop } from "../pulumi/state-document";
import { dataVolumes } from "../pulumi/state-objects";
import { lookAt, openExisting, type Session, type Sight, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { requireLogin, stateAccess } from "../stacks/access";
import { isKeptHere } from "../stacks/backend";
import { Declaration } from "../stacks/declaration";
import { hasState } from "../stacks/stack";
import { refuseFlip, wantedBy } from "../stacks/supply";
import { explain, follow } from "./follow";

/** Options of `down`. */
export interface DownOptions extends StackOptions, RightEngineOptions {
    /** Delete the data too. */
    readonly volumes?: boolean;
    /** The environment's name, instead of typing it. */
    readonly confirm?: string;
    /** Remove also what the state does not know; without a state, everything. Only in throw-away environments. */
    readonly withoutState?: boolean;
    readonly json?: boolean;
}

/** @returns exit code: 0 nothing of it is left (but volumes), 1 something is */
export async function down(options: DownOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const { name } = sight.stack;
    const mayHaveState = hasState(sight.stack) || !isKeptHere(sight.stack);
    refuseUnheard(name, options, mayHaveState);
    requireLogin(sight.stack);
    const answer = await sight.engine.answer();
    if ("silence" in answer) throw sight.engine.silent(answer.silence);
    const session = mayHaveState ? await openAsMade(sight) : undefined;
    // Opening may write the private copy, which is the stack file where there is no other.
    const declaration = Declaration.ofSettings(sight.stack);
    const shown = await session?.pulumi.exported();
    const { state, engine } = session ? await compare(session) : { state: undefined, engine: await viewOf(sight) };
    if (session) refuseFlip(sight.stack, state?.supply, session.foundations);
    const withData = options.volumes === true;
    const { own, foreign } = divide(state, engine);
    const isOthers = namesOf(foreign).length > 0;
    refuseForeign(sight, foreign, options, state !== undefined && !isEmpty(state));
    await refuseOtherEngine(sight, state, engine, { rightEngine: options.rightEngine === true, volumes: withData });
    if (state) await refuseTakenVolumes(sight, state, withData);
    // Foreign objects that were not refused above go too, once the environment's name is typed.
    const going = isOthers ? together(own, foreign) : own;
    await confirmRemoval(name, options, { going, resources: state?.resources ?? 0, isOthers }, progress);
    declaration.refuseChanged("nothing was touched");

    const view = new UpdateView("removal");
    const unlocked = async (): Promise<void> => session && releaseLock(session, progress);
    let leftovers: readonly RunningContainer[] = [];
    if (session && state) {
        await unlocked();
        refuseOtherState(name, shown, await session.pulumi.exported());
        // These containers hold networks and volumes that the destroy would wait for.
        leftovers = unknownTo(state, going.containers);
        await sight.engine.remove("container", leftovers);
        for (const it of leftovers) progress.line("✓", `${it.name} removed: an interrupted run left it`);
        await destroy(session, state, progress, view, withData);
    }
    const rest = await removeRest(sight, going, progress, withData, unlocked);
    const removed = view.counts.deleted + leftovers.length + rest;
    const kept = (await sight.engine.volumes(name)).map((volume) => volume.name);
    if (options.json) console.log(JSON.stringify({ stack: name, removed, volumes: kept }, undefined, 2));
    if (kept.length > 0) {
        progress.line("·", `kept: ${kept.join(", ")} (${npmRun("down", name, "--volumes")} removes them)`);
    }
    progress.print(`${removed} removed in ${duration(Date.now() - started)}`);
    return ExitCode.holds;
}

/** Opens the stack with the plugins that wrote its state: older plugins cannot read what newer plugins wrote. */
async function openAsMade(sight: Sight): Promise<Session | undefined> {
    const wanted = wantedBy(sight);
    const found = await foundations(wanted);
    refuseFlip(sight.stack, wanted.recorded, found);
    return openExisting(sight, found);
}

/** Whether the state has neither resources nor operations that were cut off. */
function isEmpty({ resources, pending }: KnownState): boolean {
    return resources === 0 && pending.length === 0;
}

/** Whether a removal has to be confirmed: always outside throw-away environments; elsewhere if data or foreign objects go. */
function mustConfirm(name: string, { volumes }: DownOptions, hasForeign: boolean): boolean {
    return !isThrowaway(name) || volumes === true || hasForeign;
}

/** Refuses options that contradict each other, and a removal that nobody is there to confirm. Looks at nothing yet. */
function refuseUnheard(name: string, options: DownOptions, mayHaveState: boolean): void {
    const { confirm: given, withoutState } = options;
    if (given !== undefined && given !== name) throw rejected("--confirm", given, [name], howToConfirm(name));
    if (withoutState && !isThrowaway(name)) {
        throw new Failure(
            `--without-state removes throw-away environments only, and ${name} is none`,
            'what to do about a state that is lost for good: "A lost state" in docs/configuration.md',
        );
    }
    // Without a state, a later refusal says more than that the removal was not confirmed.
    const isLookedAt = !mayHaveState && !isThrowaway(name);
    if (given === undefined && mustConfirm(name, options, false) && !isLookedAt && !terminalOf(options)) {
        throw notConfirmed(name, options);
    }
}

/**
 * Refuses objects that this state does not know: they may belong to another checkout. In a throw-away environment,
 * `--without-state` lets them go.
 */
function refuseForeign({ stack }: Sight, foreign: Objects, options: DownOptions, hasOwnState: boolean): void {
    const { name } = stack;
    const names = namesOf(foreign);
    if (names.length === 0 || options.withoutState) return;
    const backend = isKeptHere(stack) ? `this checkout (${stack.stateFolder})` : stateAccess(stack).backend.url;
    const lost = isThrowaway(name)
        ? `if that is lost: ${npmRun("down", name, ...(options.volumes ? ["--volumes"] : []), "--without-state")}`
        : 'if its state is lost for good: "A lost state" in docs/configuration.md';
    throw hasOwnState
        ? new Failure(
              `the state of ${name} in ${backend} does not know ${shortened(names)}, so nothing was touched`,
              `look at it with docker inspect, and remove it by hand if nobody needs it; if another checkout made it, work from there; ${lost}`,
          )
        : new Failure(
              `${name} is on this engine (${shortened(names)}), and ${backend} has no state for it, so nothing was touched`,
              `work from the checkout that made it, or name its backend in PULUMI_BACKEND_URL; ${lost}`,
          );
}

/** What is to be removed. */
interface Request {
    readonly going: Objects;
    /** Resources that the state knows. */
    readonly resources: number;
    /** Whether some of the objects are not of this state. */
    readonly isOthers: boolean;
}

/**
 * Shows what is removed, and asks for the environment's name.
 *
 * @param terminal - where a person can be asked
 * @throws Failure when nobody confirms
 */
export async function confirmRemoval(
    name: string,
    options: DownOptions,
    { going, resources, isOthers }: Request,
    progress: Progress,
    terminal: Terminal | undefined = terminalOf(options),
): Promise<void> {
    if (!mustConfirm(name, options, isOthers) || namesOf(going).length + resources === 0) return;
    if (isOthers) progress.line("!", notOurs(name).message);
    progress.print(`down removes ${name} (${resources} resources in the state):`);
    describeRemoval(going, options.volumes === true).forEach((line) => progress.print(`  ${line}`));
    if (options.confirm !== undefined) return;
    if (!terminal) throw isOthers ? notOurs(name) : notConfirmed(name, options);
    const what = options.volumes ? `This deletes all data of ${name}. ` : "";
    const typed = await ask(`${what}Type its name to go on: `, terminal);
    if (typed === undefined) throw notConfirmed(name, options);
    if (typed !== name) throw rejected("confirmation", typed, [name], howToConfirm(name));
}

function notConfirmed(name: string, { volumes }: DownOptions): Failure {
    const what = volumes ? `--volumes deletes the data of ${name}` : `down removes ${name}`;
    return new Failure(`${what} and was not confirmed`, howToConfirm(name));
}

function notOurs(name: string): Failure {
    return new Failure(
        `this checkout has no state for ${name}: another checkout made it, or its state is lost`,
        `work from the checkout that made it; to remove it all the same, ${howToConfirm(name)}`,
    );
}

function howToConfirm(name: string): string {
    return `type the name of the environment, or give --confirm ${name}`;
}

/** Checks that the state is still the one whose removal was confirmed. Pure. @throws Failure when it has changed since */
export function refuseOtherState(name: string, shown: unknown, now: unknown): void {
    if (isDeepStrictEqual(shown, now)) return;
    throw new Failure(
        `the state of ${name} has changed since this run read it; nothing was touched`,
        "run it again: what it removes is shown anew",
    );
}

async function destroy(
    session: Session,
    state: KnownState,
    progress: Progress,
    view: UpdateView,
    withData: boolean,
): Promise<void> {
    if (isEmpty(state)) return;
    const contained = withData ? [] : keptWithData(state);
    if (contained.length > 0) await session.pulumi.rewrite((exported) => detach(exported, keptUrns(state)));
    const lost = withData ? lostWithData(state) : [];
    if (lost.length > 0) await session.pulumi.rewrite((exported) => drop(exported, lost));
    const run = await follow(session, progress, view, "destroy", destroyArguments(state, withData));
    if (run.code !== 0) throw await explain(session, view, run);
}

/** Arguments of `pulumi destroy`. Pure. @param withData - whether data goes too */
export function destroyArguments(state: KnownState, withData: boolean): string[] {
    const keep = withData ? ["--ignore-protect"] : keepArguments(state);
    return ["--yes", "--skip-preview", "--suppress-outputs", ...keep];
}

/**
 * Arguments that make `pulumi destroy` leave data alone. They exclude protected resources, data volumes (protected or not), the
 * passwords and keys that open these, and the configuration inside them. They also exclude the records of plugins, images and
 * engine.
 */
export function keepArguments(state: KnownState): string[] {
    return ["--exclude-protected", ...excluding(keptUrns(state))];
}

function keptUrns(state: KnownState): string[] {
    const data = dataVolumes(state).map(({ urn }) => urn);
    return data.length > 0 ? [...data, ...state.generated, ...state.records, ...keptWithData(state)] : [];
}

/** Configuration inside a server whose data stays: deleting a secret engine would delete every secret in it. */
function keptWithData(state: KnownState): string[] {
    const data = dataVolumes(state).map(({ urn }) => urn);
    return state.contained.filter(({ volume }) => data.includes(volume)).map(({ urn }) => urn);
}

/**
 * URNs of configuration inside volumes that the state has forgotten. Nothing ties it to a volume any more, so a destroy would
 * ask a server that is gone. Pure.
 */
export function lostWithData({ contained, forgotten }: KnownState): string[] {
    return contained.filter(({ volume }) => forgotten.some(({ urn }) => urn === volume)).map(({ urn }) => urn);
}

/** Containers that a destroy does not remove, because the state has no resource for them. Pure. */
export function unknownTo(
    state: Pick<KnownState, "containers" | "replaced">,
    containers: readonly RunningContainer[],
): RunningContainer[] {
    const known = new Set([...state.containers.map(({ id }) => id), ...state.replaced]);
    return containers.filter(({ id }) => !known.has(id));
}

/**
 * Removes what the destroy had no operation for. It removes by id: a newer object of the same name is not touched.
 *
 * @param unlocked - throws while another run works on the stack, so that nothing of that run is removed
 */
export async function removeRest(
    { engine, stack }: Pick<Sight, "engine" | "stack">,
    going: Objects,
    progress: Progress,
    withData: boolean,
    unlocked: () => Promise<void>,
): Promise<number> {
    const present = async (objects: readonly { id: string }[], now: Promise<readonly { id: string; name: string }[]>) =>
        (await now).filter(({ id }) => objects.some((object) => object.id === id));
    const goingVolumes = withData ? [...going.files, ...going.data] : going.files;
    const containers = await present(going.containers, engine.containers(stack.name));
    const networks = await present(going.networks, engine.networks(stack.name));
    const volumes = await present(goingVolumes, engine.volumes(stack.name));
    if (containers.length + networks.length + volumes.length > 0) await unlocked();
    await engine.remove("container", containers);
    await engine.remove("network", networks);
    await engine.remove("volume", volumes);
    const all = [...containers, ...networks, ...volumes];
    for (const { name } of all) progress.line("✓", `${name} removed (not in the state)`);
    return all.length;
}

function shortened(names: readonly string[]): string {
    return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
