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
    /** Whether the user says that it is the environment's own, although it has nothing of the environment. */
    readonly rightEngine?: boolean;
}

/** What a command is about to do. */
interface Intent extends RightEngineOptions {
    /** Whether it deletes data volumes, by their names. */
    readonly volumes?: boolean;
}

/** What the state has of an environment. */
type Known = Pick<KnownState, "containers" | "networks" | "volumes" | "pending" | "replaced" | "engine">;

/** Milliseconds between the making of a volume and its entry in the state, with clocks that differ. */
const SLACK = 120_000;

/**
 * Refuses an engine that has nothing of what a state knows: most often it is another machine's. This check comes before any question
 * about lost data: a person who accepts a loss on the wrong machine makes the state forget what the right machine has.
 *
 * On the engine whose identity the state has, everything may be lost. An engine with another identity may still be the right engine,
 * moved or set up anew; then it has something that the state knows.
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

/** The engine, as far as it is asked. */
type Witness = Pick<Engine, "identity" | "volumesNamed">;

/** The objects of which the right engine must have some, in words. `undefined` when nothing was made, as before the first `up`. */
function describeKnown({ containers, networks, volumes, pending, engine }: Known): string | undefined {
    if (containers.length > 0) return `${containers.length} containers`;
    if (networks.length > 0) return `${networks.length} networks`;
    const data = dataVolumes({ volumes });
    if (data.length > 0) return `${data.length} data volumes`;
    // A run that was cut off may have made nothing. So its objects count only when the state says which engine it worked on.
    return pending.length > 0 && engine !== undefined
        ? `${pending.length} objects that a run began to make`
        : undefined;
}

/** Whether the engine has a known object, by the engine's own ids: another machine can have objects of the same names. */
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
 * Whether a volume of the right name and label proves that the engine is the right one. Another machine can have volumes of the same
 * names: a former machine, or a machine on which backups are restored. A volume that was made when the state says is a proof. Any
 * other volume counts only if the state has no engine, containers or networks. A volume that the command deletes must also not be
 * known to be of another time.
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
    // When the state has an engine, this is another one: a former machine has volumes of the same names, with older data.
    if (containers.length + networks.length > 0 || engine !== undefined) return false;
    return deletes ? isMadeThen === undefined : true;
}
