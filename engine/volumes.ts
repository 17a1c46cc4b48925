/** Volumes with their labels and the time of their creation. Pure. */

import { isAtLeast, VOLUME_CREATION_API } from "../model/engine-api";
import { LABEL } from "../model/names";
import type { LabelledObject } from "./objects";

/** A labelled volume. */
export interface LabelledVolume extends LabelledObject {
    /** Whether the volume holds data, and not configuration files that can be written again. */
    readonly data: boolean;
}

/** A volume as the engine describes it. */
export interface InspectedVolume {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Time of creation in milliseconds since 1970; `NaN` for engines that do not report it ({@link VOLUME_CREATION_API}). */
    readonly created: number;
}

/** Format of `docker volume ls` that {@link readLabelledVolume} reads. */
export const VOLUME_FORMAT = `{{.Name}} {{.Label "${LABEL.data}"}}`;

/** Reads a line of {@link VOLUME_FORMAT}. */
export function readLabelledVolume(line: string): LabelledVolume {
    const [name = "", data] = line.split(" ");
    return { id: name, name, data: data === "true" };
}

/** Reads `docker inspect` of a volume. @param api - API version that the engine speaks */
export function describeVolume(raw: unknown, api: string | undefined): InspectedVolume {
    const { Name, CreatedAt, Labels } = raw as {
        Name: string;
        CreatedAt?: string;
        Labels: Record<string, string> | null;
    };
    const created = isAtLeast(api, VOLUME_CREATION_API) ? Date.parse(CreatedAt ?? "") : NaN;
    return { name: Name, labels: Labels ?? {}, created };
}
