/** Divides the objects of an environment by their owner, and describes them for `down`. Pure. */

import { LABEL, PROBE_ROLE } from "../../model/names";
import type { RunningContainer } from "../../engine/containers";
import type { LabelledObject } from "../../engine/objects";
import type { LabelledVolume } from "../../engine/volumes";
import type { EngineView } from "./recovery";
import type { KnownState } from "./state";

/** Objects of an environment on the engine. */
export interface Objects {
    readonly containers: readonly RunningContainer[];
    readonly networks: readonly LabelledObject[];
    /** Volumes with files that the program writes anew. */
    readonly files: readonly LabelledVolume[];
    /** Volumes with data. */
    readonly data: readonly LabelledVolume[];
}

/** The environment's objects, divided by their owner. */
export interface Removal {
    /** The state knows them, or a run that was interrupted can have left them. */
    readonly own: Objects;
    /** They have the environment's label, and this state does not explain them. */
    readonly foreign: Objects;
}

/**
 * Divides what the engine has of an environment.
 *
 * An interrupted run leaves objects under the names of the operations that have no end in the state, and an interrupted
 * `verify` a probe beside a container. Anything else that the state does not know is another checkout's, or somebody made it by
 * hand.
 *
 * @param state - missing where this checkout has none
 */
export function divide(state: KnownState | undefined, engine: EngineView): Removal {
    const objects = state ? [...state.containers, ...state.networks, ...state.volumes] : [];
    const ids = new Set([...objects.map(({ id }) => id), ...(state?.replaced ?? [])]);
    const begun = new Set(state?.pending.map(({ name }) => name));
    const probed = new Set([...objects.map(({ name }) => name), ...begun].map((name) => `${name}-${PROBE_ROLE}`));
    const isProbe = ({ name, labels }: Partial<RunningContainer>): boolean =>
        labels?.[LABEL.role] === PROBE_ROLE && probed.has(name ?? "");
    const isOwn = (it: LabelledObject & Partial<RunningContainer>): boolean =>
        ids.has(it.id) || begun.has(it.name) || isProbe(it);
    const select = (own: boolean): Objects => ({
        containers: engine.containers.filter((it) => isOwn(it) === own),
        networks: engine.networks.filter((it) => isOwn(it) === own),
        files: engine.volumes.filter((it) => !it.data && isOwn(it) === own),
        data: engine.volumes.filter((it) => it.data && isOwn(it) === own),
    });
    return { own: select(true), foreign: select(false) };
}

/** Names of all objects. */
export function namesOf({ containers, networks, files, data }: Objects): string[] {
    return [...containers, ...networks, ...files, ...data].map(({ name }) => name);
}

/** Lines that say what goes and what stays. */
export function describeRemoval({ containers, networks, files, data }: Objects, withData: boolean): string[] {
    const line = (what: string, objects: readonly LabelledObject[]): string[] =>
        objects.length === 0 ? [] : [`${objects.length} ${what}: ${objects.map(({ name }) => name).join(", ")}`];
    return [
        ...(withData ? line("DATA VOLUMES go, with all that was written", data) : []),
        ...line("containers go", containers),
        ...line("networks go", networks),
        ...line("volumes with files that the program writes go", files),
        ...(withData ? [] : line("volumes with data stay", data)),
    ];
}

/** Objects of both lists. */
export function together(a: Objects, b: Objects): Objects {
    return {
        containers: [...a.containers, ...b.containers],
        networks: [...a.networks, ...b.networks],
        files: [...a.files, ...b.files],
        data: [...a.data, ...b.data],
    };
}
