/** What an interrupted run left behind, and how the next one gets rid of it. */

import type { RunningContainer } from "../../engine/containers";
import type { LabelledObject } from "../../engine/objects";
import type { LabelledVolume } from "../../engine/volumes";
import { unfinishedVolumes } from "./begun-volumes";
import { divide, namesOf } from "./removal";
import type { KnownState } from "./state";

/** What has to be done before an `up` can converge. */
export interface Recovery {
    /** Containers that an interrupted run left and the state does not know: their names would be taken. */
    readonly orphanContainers: readonly RunningContainer[];
    /** Networks that an interrupted run left and the state does not know. */
    readonly orphanNetworks: readonly LabelledObject[];
    /** Names of objects that the state knows and the engine has lost, or that do not run. */
    readonly lost: readonly string[];
    /** Operations that were cut off. */
    readonly pending: KnownState["pending"];
    /** Names of volumes that such operations have made. */
    readonly begunVolumes: readonly string[];
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
 * Only what {@link divide} calls the state's own is an orphan. Volumes are never orphans: Docker hands a volume with the same
 * name over to the next create, with its data.
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
    const { own } = divide(state, engine);
    return {
        orphanContainers: own.containers.filter(({ id }) => !knownIds.has(id)),
        orphanNetworks: own.networks.filter(({ id }) => !knownIds.has(id)),
        lost: [...stopped, ...gone].map(({ name }) => name).sort(),
        pending: state.pending,
        begunVolumes: unfinishedVolumes(state, engine.volumes),
    };
}

/**
 * Names of objects that have the environment's label and that neither the state nor an interrupted run explains. Another checkout
 * or a person made them, or the state is older than the engine. To remove them could stop another owner's environment. A start on
 * their volumes would meet passwords and keys that this state does not have.
 *
 * Pulumi writes every operation into the state before it begins one, so that a killed run leaves nothing of this kind.
 */
export function foreignObjects(state: KnownState, engine: EngineView): string[] {
    return namesOf(divide(state, engine).foreign);
}
