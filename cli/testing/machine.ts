/** Whether tests with containers can run on a machine. */

import { isElsewhere } from "../../model/engine-host";

/** The facts that decide. */
export interface TestHost {
    readonly platform: NodeJS.Platform;
    /** Address of the engine. */
    readonly host: string;
    /** As the engine says it, for example `Docker Desktop`. */
    readonly operatingSystem: string | undefined;
}

/**
 * The tests look at processes, networks and files of the engine's machine, so it has to be this one. Pure.
 *
 * @returns why they cannot run; nothing where they can
 */
export function whyNoContainers(it: TestHost): string | undefined {
    const machine = otherMachine(it);
    return machine && `tests with containers look at the engine's machine, and ${machine}`;
}

function otherMachine({ platform, host, operatingSystem }: TestHost): string | undefined {
    if (platform !== "linux") return `on ${platform} that is a virtual one`;
    if (isElsewhere({ host })) return `${host} is another one`;
    return operatingSystem === "Docker Desktop" ? "Docker Desktop's is a virtual one" : undefined;
}
