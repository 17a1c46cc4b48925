/** Keeps an environment with the plugins and images that it was made with, unless its operator decides otherwise. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Origin, Supplied } from "../../model/supply";
import { ExitCode, Failure, npmRun } from "../failure";
import { readState } from "../pulumi/state";
import { lockedImages } from "../setup/locked-images";
import type { Sight } from "../session";
import type { Foundations, Wanted } from "../setup/setup";
import { isKeptHere } from "./backend";
import { hasState, PROJECT, type Stack } from "./stack";

const WORDS: Readonly<Record<Origin, string>> = {
    upstream: "published plugins and images",
    made: "plugins and images that are built on a machine",
};

/**
 * What an environment was made with, from a state in this checkout. It is read before anything is set up, because a set-up for the
 * wrong way takes half an hour. For a state in another backend, `pulumi` has to tell.
 */
export function recordedHere(stack: Stack): Supplied | undefined {
    if (!isKeptHere(stack) || !hasState(stack)) return undefined;
    try {
        const file = join(stack.stateFolder, ".pulumi", "stacks", PROJECT, `${stack.name}.json`);
        const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: unknown } };
        return readState({ deployment: checkpoint?.latest }).supply;
    } catch {
        // Pulumi says more about a state that cannot be read.
        return undefined;
    }
}

/** What the set-up has to know of a stack. */
export function wantedBy({ stack, mirror }: Pick<Sight, "stack" | "mirror">): Wanted {
    return { recorded: recordedHere(stack), mirror };
}

/**
 * Refuses other plugins and images than those that the environment was made with. How they come may change: what a machine builds is
 * the same when a mirror brings it, and so is what upstream publishes.
 *
 * @param recorded - missing in an environment of an earlier release, which is taken as it is
 * @throws Failure that says what would change and how to go on either way
 */
export function refuseFlip(
    stack: Stack,
    recorded: Supplied | undefined,
    found: Pick<Foundations, "decision" | "images" | "origin" | "mirror">,
    isWanted = false,
): void {
    const { decision, images, origin } = found;
    if (recorded === undefined || recorded.origin === origin || isWanted) return;
    const names = Object.keys(images).filter((name) => name in lockedImages);
    throw new Failure(
        `${stack.name} was made with ${WORDS[recorded.origin]}, and this run would take ${WORDS[origin]} (${decision.reason})`,
        `go on as it was made: ${wayBack(recorded, found)}; ` +
            `to change it for good, after a backup: ${npmRun("up", stack.name, "--change-supply")}`,
        ExitCode.unknown,
        [
            `  every container would be replaced by one of another version${names.length > 0 ? ` (${names.join(", ")})` : ""}`,
            "  a server cannot read the data of a newer one, nor a plugin the state of a newer one: there may be no way back",
        ],
    );
}

/** How to run with what the environment was made with. */
function wayBack({ way, origin }: Supplied, { decision, mirror }: Pick<Foundations, "decision" | "mirror">): string {
    if (origin === "made") {
        const built = "STRATA_OFFLINE=1";
        return way === "offline"
            ? built
            : `name the mirror that it was made from (strata:mirror, STRATA_MIRROR), or ${built}`;
    }
    if (decision.way === "offline") return "STRATA_OFFLINE=0";
    return `without the mirror ${mirror?.url ?? ""}, whose plugins and images were built where it was filled (strata:mirror, STRATA_MIRROR)`;
}
