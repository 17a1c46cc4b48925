/** What an interrupted run left behind, and how the next one gets rid of it. */

import type { LabelledObject, LabelledVolume, RunningContainer } from "../engine/engine";
import type { KnownState } from "./state";

/** What has to be done before an `up` can converge. */
export interface Recovery {
    /** Labelled containers that the state does not know: their names would be taken. */
    readonly orphanContainers: readonly RunningContainer[];
    /** Labelled networks that the state does not know. */
    readonly orphanNetworks: readonly LabelledObject[];
    /** Names of objects that the state knows and the engine has lost, or that do not run. */
    readonly lost: readonly string[];
    /** Operations that were cut off. */
    readonly pending: KnownState["pending"];
}

/** What the engine has of an environment. */
export interface EngineView {
    readonly containers: readonly RunningContainer[];
    readonly networks: readonly LabelledObject[];
    readonly volumes: readonly LabelledVolume[];
}

/**
 * Compares the state with the engine. Cheap, so that only a run that needs it pays for a refresh.
 *
 * Volumes are never orphans: Docker hands a volume with the same name over to the next create, with its data.
 */
export function planRecovery(state: KnownState, engine: EngineView): Recovery {
    const knownIds = new Set([...state.containers, ...state.networks].map(({ id }) => id));
    const running = new Map(engine.containers.map((container) => [container.id, container]));
    const present = new Set([...engine.networks, ...engine.volumes].map(({ id }) => id));
    const stopped = state.containers.filter(({ id, mustRun }) => {
        const found = running.get(id);
        return found === undefined || (mustRun && (found.state === "exited" || found.state === "dead"));
    });
    const gone = [...state.networks, ...state.volumes].filter(({ id }) => !present.has(id));
    return {
        orphanContainers: engine.containers.filter(({ id }) => !knownIds.has(id)),
        orphanNetworks: engine.networks.filter(({ id }) => !knownIds.has(id)),
        lost: [...stopped, ...gone].map(({ name }) => name).sort(),
        pending: state.pending,
    };
}

/**
 * Names of containers and data volumes that this checkout cannot have made, because it has never finished or begun
 * anything: they are another checkout's, or its `.strata` was lost. Removing the containers would stop somebody else's
 * environment; starting on the volumes would meet passwords and keys that nobody here knows.
 *
 * @param cutOff - an `up` of this checkout was killed, maybe before it could write anything down
 */
export function foreignObjects(state: KnownState, engine: EngineView, cutOff: boolean): string[] {
    if (cutOff || state.resources > 0 || state.pending.length > 0) return [];
    return [...engine.containers, ...engine.volumes.filter(({ data }) => data)].map(({ name }) => name);
}
