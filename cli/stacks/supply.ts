/** An environment stays with the plugins and images that it was made with, unless somebody decides otherwise. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Way } from "../../model/supply";
import { ExitCode, Failure, npmRun } from "../failure";
import { readState } from "../pulumi/state";
import { lockedImages } from "../setup/locked-images";
import type { Sight } from "../session";
import type { Foundations, Wanted } from "../setup/setup";
import { isKeptHere } from "./backend";
import { hasState, PROJECT, type Stack } from "./stack";

const WORDS: Readonly<Record<Way, string>> = {
    published: "published plugins and images",
    offline: "plugins and images that are built on a machine",
};

/**
 * How an environment was made, from a state in this checkout: read before anything is set up, because a set-up for the wrong way
 * takes half an hour. Of a state in another backend `pulumi` has to tell.
 */
export function recordedHere(stack: Stack): Way | undefined {
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
 * Refuses another way than the one that the environment was made with.
 *
 * @param recorded - missing in an environment of an earlier release, which is taken as it is
 * @throws Failure that says what would change and how to go on either way
 */
export function refuseFlip(
    stack: Stack,
    recorded: Way | undefined,
    { decision, images }: Pick<Foundations, "decision" | "images">,
    isWanted = false,
): void {
    if (recorded === undefined || recorded === decision.way || isWanted) return;
    const names = Object.keys(images).filter((name) => name in lockedImages);
    throw new Failure(
        `${stack.name} was made with ${WORDS[recorded]}, and this run would take ${WORDS[decision.way]} (${decision.reason})`,
        `go on as it was made: STRATA_OFFLINE=${recorded === "offline" ? "1" : "0"}; ` +
            `to change it for good, after a backup: ${npmRun("up", stack.name, "--change-supply")}`,
        ExitCode.unknown,
        [
            `  every container would be replaced by one of another version${names.length > 0 ? ` (${names.join(", ")})` : ""}`,
            "  a server cannot read the data of a newer one, nor a plugin the state of a newer one: there may be no way back",
        ],
    );
}
