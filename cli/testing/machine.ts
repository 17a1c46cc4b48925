/** Whether tests with containers can run on a machine. */

import { isElsewhere } from "../../model/engine-host";

/** What decides. */
export interface TestHost {
    readonly platform: NodeJS.Platform;
    /** Of the engine. */
    readonly host: string;
    /** As the engine says it, for example `Docker Desktop`. */
    readonly operatingSystem: string | undefined;
}

/**
 * The tests look at processes, networks and files of the engine's machine, so it has to be this one. Pure.
 *
 * @returns why they cannot run; nothing where they can
 */
export function whyNoContainers({ platform, host, operatingSystem }: TestHost): string | undefined {
    if (platform !== "linux")
        return `tests with containers look at the engine's machine, and on ${platform} that is a virtual one`;
    if (isElsewhere({ host })) return `tests with containers look at the engine's machine, and ${host} is another one`;
    if (operatingSystem === "Docker Desktop")
        return "tests with containers look at the engine's machine, and Docker Desktop's is a virtual one";
    return undefined;
}
