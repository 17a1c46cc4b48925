/** Volumes that the engine has, while the state only has an unfinished operation to create them. Pure. */

import { VOLUME } from "../../model/resource-types";
import type { LabelledVolume } from "../../engine/volumes";
import type { KnownState } from "./state";
import type { RawExport } from "./state-document";

/** Names of volumes on the engine that a cut-off run began to create and that the state does not know. */
export function unfinishedVolumes(
    { pending, volumes }: Pick<KnownState, "pending" | "volumes">,
    present: readonly LabelledVolume[],
): string[] {
    const known = new Set(volumes.map(({ id }) => id));
    const begun = pending.filter(({ type, urn }) => type === "creating" && urn.includes(`${VOLUME}::`));
    const names = new Set(begun.map(({ name }) => name));
    return present.map(({ name }) => name).filter((name) => names.has(name) && !known.has(name));
}

/**
 * The state's document with such volumes as resources. If their operations were only cleared, the next run would take the volumes
 * for another checkout's. A volume's id is its name, so the inputs of the operation say everything.
 *
 * @param exported - what `pulumi stack export` printed
 * @param names - of {@link unfinishedVolumes}
 */
export function adoptVolumes(exported: unknown, names: readonly string[]): unknown {
    const { deployment, ...rest } = exported as RawExport;
    const operations = deployment?.pending_operations ?? [];
    const isAdopted = ({ resource, type }: (typeof operations)[number]): boolean =>
        type === "creating" && resource.type === VOLUME && names.includes(String(resource.inputs?.["name"]));
    const adopted = operations
        .filter(isAdopted)
        .map(({ resource }) => ({ ...resource, id: resource.inputs?.["name"], outputs: resource.inputs }));
    return {
        ...rest,
        deployment: {
            ...deployment,
            resources: [...(deployment?.resources ?? []), ...adopted],
            pending_operations: operations.filter((operation) => !isAdopted(operation)),
        },
    };
}
