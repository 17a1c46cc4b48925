/** Docker objects that a stack's state knows. Pure. */

import { LABEL } from "../../model/names";
import type { RawResource } from "./state-document";

/** A Docker object that the state knows. */
export interface KnownObject {
    readonly urn: string;
    /** The engine's id; a volume's is its name. */
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** `false` for one-shot containers. */
    readonly mustRun: boolean;
    /** The last attempt to create it failed, so the next `up` replaces it. */
    readonly failed: boolean;
    /** Of a container. */
    readonly image?: string;
    /** When the state first knew it: milliseconds since 1970. */
    readonly created?: number;
}

/** Reads a Docker object of the state. */
export function known(resource: RawResource): KnownObject {
    const value = (key: string): unknown => resource.outputs?.[key] ?? resource.inputs?.[key];
    const labels = value("labels");
    const id = resource.id ?? "";
    const name = value("name");
    return {
        urn: resource.urn,
        id,
        name: typeof name === "string" ? name : id,
        labels: Array.isArray(labels)
            ? Object.fromEntries((labels as { label: string; value: string }[]).map((it) => [it.label, it.value]))
            : {},
        mustRun: value("mustRun") !== false,
        failed: (resource.initErrors ?? []).length > 0,
        ...(typeof value("image") === "string" && { image: value("image") as string }),
        ...(resource.created !== undefined && { created: Date.parse(resource.created) }),
    };
}

/** Whether a volume holds what a server writes. */
export function isData({ labels }: KnownObject): boolean {
    return labels[LABEL.data] === "true";
}

/** The volumes of a state that hold what servers write. */
export function dataVolumes({ volumes }: { readonly volumes: readonly KnownObject[] }): KnownObject[] {
    return volumes.filter(isData);
}
