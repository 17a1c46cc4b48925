/** Facts about volumes that rules need: their purpose, and whether they are in memory. */

import { LABEL, type VolumePurpose } from "../../model/names";
import { label } from "./docker";
import type { Properties } from "./properties";
import type { Stack } from "./stack";

/**
 * Purpose of a volume, by its labels. A volume without a purpose counts as data: default deny.
 */
export function purposeOf(properties: Properties): VolumePurpose {
    if (label(properties, LABEL.data) === "true") {
        return "data";
    }
    const purpose = label(properties, LABEL.purpose);
    return purpose === "files" || purpose === "secrets" ? purpose : "data";
}

/** Names of the declared volumes in which agents hand over secrets. */
export function secretsVolumes(stack: Stack): ReadonlySet<string> {
    const found = stack.volumes.filter((volume) => stack.read(volume, purposeOf) === "secrets");
    return new Set(found.map(({ name }) => name));
}

/** Whether the volume is a tmpfs (its `device` option is then no host device). */
export function isInMemory(properties: Properties): boolean {
    const options = properties.object("driverOpts");
    return options !== undefined && options.text("type") === "tmpfs" && options.text("device") === "tmpfs";
}
