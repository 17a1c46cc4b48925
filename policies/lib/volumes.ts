/** What the rules need to know about volumes in memory. */

import type { Properties } from "./properties";

/** Whether a volume, by its physical name, is one in which an agent hands over secrets. */
export function holdsSecrets(name: string): boolean {
    return name.endsWith("-secrets");
}

/** Whether a volume is a file system in memory, so that its device is no device. */
export function isInMemory(properties: Properties): boolean {
    const options = properties.object("driverOpts");
    return options !== undefined && options.text("type") === "tmpfs" && options.text("device") === "tmpfs";
}
