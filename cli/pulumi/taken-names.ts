/**
 * Names of an environment's objects that another owner's objects have already. When asked to create a volume, Docker returns the
 * existing volume of that name, whoever made it; it also deletes a volume by its name. Containers and networks fail half-way.
 */

import { LABEL, type ObjectKind, physicalNames } from "../../model/names";
import type { Engine } from "../../engine/engine";
import type { NamedObject } from "../../engine/objects";
import { Failure } from "../failure";
import type { Session } from "../session";
import type { Declared } from "../stacks/platform";
import type { KnownState } from "./state";
import { dataVolumes } from "./state-objects";

const ONE_OF_TWO =
    "give one of the two environments, or the product whose name makes their names alike, another name; or remove the other environment, if nobody needs it";

/** An object of another owner. */
export interface Taken extends NamedObject {
    readonly kind: ObjectKind;
}

type Objects = Readonly<Record<ObjectKind, readonly NamedObject[]>>;
type Names = Readonly<Record<ObjectKind, readonly string[]>>;

const KINDS: readonly ObjectKind[] = ["container", "network", "volume"];

/** Longest list of objects that is printed. */
const SHOWN = 12;

/**
 * Objects of the engine that have one of the names and not the environment's label. Pure.
 *
 * @param judged - names of volumes that may be there without any owner's label
 */
export function takenNames(
    environment: string,
    names: Names,
    present: Objects,
    judged: readonly string[] = [],
): Taken[] {
    const unowned: Names = { container: [], network: [], volume: judged };
    return KINDS.flatMap((kind) => {
        const wanted = new Set(names[kind]);
        const isJudged = (it: NamedObject): boolean => unowned[kind].includes(it.name) && !hasOwner(it);
        return present[kind]
            .filter((it) => wanted.has(it.name) && it.environment !== environment && !isJudged(it))
            .map((it) => ({ ...it, kind }));
    });
}

/** Names under which an update makes or deletes objects. */
export function namesOfUpdate(platform: Declared["platform"], state: KnownState): Names {
    const names = physicalNames(platform);
    return { ...names, volume: [...names.volume, ...state.volumes.map(({ name }) => name)] };
}

/** Names by which a removal deletes objects. Only of volumes: containers and networks go by their ids. */
export function namesOfRemoval(state: KnownState, withData: boolean): Names {
    const kept = new Set(withData ? [] : dataVolumes(state).map(({ name }) => name));
    return {
        container: [],
        network: [],
        volume: state.volumes.map(({ name }) => name).filter((name) => !kept.has(name)),
    };
}

/** @throws Failure when another owner's objects have names that an update makes or deletes by */
export async function refuseTakenNames(
    { engine, stack, declared }: Pick<Session, "engine" | "stack"> & { readonly declared: Declared },
    state: KnownState,
): Promise<void> {
    // `lost-data.ts` says what became of data volumes that the state knows, and looks into those that nobody has labelled.
    const judged = dataVolumes(state).map(({ name }) => name);
    const taken = takenNames(stack.name, namesOfUpdate(declared.platform, state), await allOf(engine), judged);
    if (taken.length > 0) throw namesTaken(stack.name, taken);
}

/** @throws Failure when a removal would delete another owner's volumes by their names */
export async function refuseTakenVolumes(
    { engine, stack }: Pick<Session, "engine" | "stack">,
    state: KnownState,
    withData: boolean,
): Promise<void> {
    const names = namesOfRemoval(state, withData);
    if (names.volume.length === 0) return;
    const present = { container: [], network: [], volume: await engine.all("volume") };
    const taken = takenNames(stack.name, names, present);
    if (taken.length > 0) throw namesTaken(stack.name, taken);
}

async function allOf(engine: Engine): Promise<Objects> {
    const [container, network, volume] = await Promise.all(KINDS.map((kind) => engine.all(kind)));
    return { container: container ?? [], network: network ?? [], volume: volume ?? [] };
}

function namesTaken(environment: string, taken: readonly Taken[]): Failure {
    const lines = taken.map((it) => `  ${it.kind} ${it.name}: ${ownerOf(it)}`);
    const more = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : [];
    const next = [
        ...(taken.some((it) => it.environment !== undefined) ? [ONE_OF_TWO] : []),
        ...taken
            .filter((it) => it.environment === undefined)
            .slice(0, 1)
            .map(({ kind, name }) => `look at it: docker ${kind} inspect ${name}; ${byHand(kind, name)}`),
    ];
    return new Failure(
        `objects on this engine have names of ${environment} and are not its own; nothing was touched`,
        next.join("; "),
        undefined,
        [...lines.slice(0, SHOWN), ...more],
    );
}

function byHand(kind: ObjectKind, name: string): string {
    return `if nobody needs it: docker ${kind} rm ${name}; else give it, or this environment, another name`;
}

function hasOwner({ environment, composeProject }: NamedObject): boolean {
    return environment !== undefined || composeProject !== undefined;
}

function ownerOf({ environment, composeProject }: NamedObject): string {
    if (environment !== undefined) return `of the environment ${environment}`;
    if (composeProject !== undefined) return `of the Compose project ${composeProject}`;
    return `without the label ${LABEL.environment}, so strata did not make it`;
}
