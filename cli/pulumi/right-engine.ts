/** Whether a run looks at the environment's own engine. */

import { LABEL } from "../../model/names";
import type { Engine } from "../../engine/engine";
import type { InspectedVolume } from "../../engine/volumes";
import { Failure, npmRun } from "../failure";
import type { Sight } from "../session";
import type { EngineView } from "./recovery";
import type { KnownState } from "./state";
import { dataVolumes, type KnownObject } from "./state-objects";

/** What the user said about the engine. */
export interface RightEngineOptions {
    /** It is the environment's own, though it has nothing of the environment. */
    readonly rightEngine?: boolean;
}

/** What a command is about to do. */
interface Intent extends RightEngineOptions {
    /** It deletes data volumes, by their names. */
    readonly volumes?: boolean;
}

/** What the state has of an environment. */
type Known = Pick<KnownState, "containers" | "networks" | "volumes" | "pending" | "replaced" | "engine">;

/** Milliseconds between the making of a volume and its entry in the state, with clocks that differ. */
const SLACK = 120_000;

/**
 * Refuses an engine that has nothing of what a state knows: most often it is another machine's. What the engine has lost is not
 * spoken of before, because whoever accepts that on a wrong machine forgets the state of the right one.
 *
 * The state's engine is known by its identity: there, everything may be lost. An engine with another identity may still be the right
 * one, moved or set up anew; then it has something that the state knows.
 *
 * @param present - what of this environment is on the engine
 */
export async function refuseOtherEngine(
    { stack, dockerEnv, engine }: Pick<Sight, "stack" | "dockerEnv"> & { readonly engine: Witness },
    state: Known | undefined,
    present: EngineView,
    intent: Intent = {},
): Promise<void> {
    const what = state && describeKnown(state);
    if (what === undefined || intent.rightEngine === true || hasSome(state!, present)) return;
    const identity = await engine.identity();
    if (identity !== undefined && identity === state!.engine) return;
    const named = await volumesOf(stack.name, state!, engine);
    if (named.some(([known, found]) => isProof(known, found, state!, intent))) return;
    const others = named.length > 0 ? `, only volumes of the same names` : "";
    const words = intent.volumes === undefined ? ["up"] : ["down", ...(intent.volumes ? ["--volumes"] : [])];
    throw new Failure(
        `the engine at ${dockerEnv.DOCKER_HOST} has none of the ${what} that the state of ${stack.name} knows${others}: is it the right engine? Nothing was touched`,
        `work with the engine that runs it (strata:engine.host of ${stack.source}, DOCKER_HOST); ` +
            `if it is the right one, and was set up anew or lost its containers: ${npmRun(words[0]!, stack.name, ...words.slice(1), "--right-engine")} ("A machine that is set up anew" in docs/data.md)`,
        undefined,
        state!.engine === undefined
            ? []
            : [`  the state's engine: ${state!.engine}`, `  this engine: ${identity ?? "it does not say"}`],
    );
}

/** Who is asked. */
type Witness = Pick<Engine, "identity" | "volumesNamed">;

/** What an engine would have to have some of. Nothing when nothing was made, as before the first `up`. */
function describeKnown({ containers, networks, volumes, pending, engine }: Known): string | undefined {
    if (containers.length > 0) return `${containers.length} containers`;
    if (networks.length > 0) return `${networks.length} networks`;
    const data = dataVolumes({ volumes });
    if (data.length > 0) return `${data.length} data volumes`;
    // Of a run that was cut off, nobody knows whether it made anything; its engine is known where it was written down.
    return pending.length > 0 && engine !== undefined
        ? `${pending.length} objects that a run began to make`
        : undefined;
}

/** By the engine's own ids: another machine can have objects of the same names, those that a cut-off run began to make too. */
function hasSome({ containers, networks, replaced }: Known, present: EngineView): boolean {
    const ids = new Set([...[...containers, ...networks].map(({ id }) => id), ...replaced]);
    return [...present.containers, ...present.networks].some(({ id }) => ids.has(id));
}

async function volumesOf(
    environment: string,
    state: Known,
    engine: Witness,
): Promise<(readonly [KnownObject, InspectedVolume])[]> {
    const known = dataVolumes(state);
    const found = await engine.volumesNamed(known.map(({ name }) => name));
    return known.flatMap((volume) =>
        found
            .filter(({ name, labels }) => name === volume.name && labels[LABEL.environment] === environment)
            .map((one) => [volume, one] as const),
    );
}

/**
 * Whether a volume of the right name and label tells that the engine is the right one. Another machine can have volumes of the same
 * names, a former one or one that backups are restored on. One that was made when the state says is a proof. Otherwise it counts only
 * where the state does not say which engine is its own, no container or network could be there, and what follows does not delete it.
 */
function isProof(
    { created }: KnownObject,
    found: InspectedVolume,
    { containers, networks, engine }: Known,
    { volumes: deletes = false }: Intent,
): boolean {
    const isMadeThen =
        created === undefined || Number.isNaN(found.created) ? undefined : Math.abs(found.created - created) <= SLACK;
    if (isMadeThen === true) return true;
    // Where the state's engine is known, this is another one: a former machine has volumes of the same names, with older data.
    if (containers.length + networks.length > 0 || engine !== undefined) return false;
    return deletes ? isMadeThen === undefined : true;
}
