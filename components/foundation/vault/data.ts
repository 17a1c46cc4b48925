/**
 * How the command line checks that a Vault still holds what the state records. Each mount gets an accessor when it is
 * created: the accessors of the state are missing in a Vault that was started anew.
 */

import { MOUNT } from "../../../model/resource-types";
import type { NumberedResources, Printed } from "../../kind";
import { sealCommand } from "./servers";

export const NUMBERED: NumberedResources = {
    type: MOUNT,
    output: "accessor",
    command: sealCommand,
    standing: readSeal,
    path: "sys/mounts",
    read: readMounts,
};

interface Seal {
    readonly initialized?: boolean;
    readonly sealed?: boolean;
}

/** Reads the seal from the exit codes of `status`: 0 unsealed, 2 sealed or not initialised, anything else unknown. */
function readSeal({ code, stdout }: Printed): ReturnType<NumberedResources["standing"]> {
    const { initialized, sealed } = code === 0 || code === 2 ? parsed(stdout) : {};
    if (initialized === undefined) return { unsure: "Vault does not answer" };
    if (!initialized) return "new";
    return sealed === false ? "open" : { unsure: "Vault is sealed" };
}

function parsed(text: string): Seal {
    try {
        return JSON.parse(text) as Seal;
    } catch {
        return {};
    }
}

function readMounts(answer: string): string[] | undefined {
    const { data } = JSON.parse(answer) as { data?: Record<string, { accessor?: string }> };
    return data && Object.values(data).flatMap(({ accessor }) => accessor ?? []);
}
