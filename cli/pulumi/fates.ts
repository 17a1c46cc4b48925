/** Sentences about data volumes that differ from what the state knows. */

import { LABEL } from "../../model/names";
import { REALM } from "../../model/resource-types";
import { npmRun } from "../failure";
import type { Mark, Progress } from "../output/progress";
import type { Volume } from "./lost-data";
import type { KnownState } from "./state";
import type { KnownObject } from "./state-objects";

/** What these sentences need to know about a data volume. */
export type VolumeFate = Pick<Volume, "name" | "fate" | "inPlace" | "unsure">;

/** For example `local-vault-data is gone`; nothing when all is well or nothing can be told. Pure. */
export function describeFate({ name, fate, inPlace }: VolumeFate): string | undefined {
    if (inPlace) return `${name} holds other data than the state knows`;
    switch (fate) {
        case "there":
            return undefined;
        case "gone":
            return `${name} is gone`;
        case "empty":
            return `${name} is empty, and newer than the state's`;
        case "restored":
        case "begun":
            return `${name} is newer than the state's`;
        case "foreign":
            return `${name} is another volume than the state's`;
    }
}

/** For example `local-vault-data (vault, with 83 objects configured in it)`. Pure. */
export function describeLoss({ urn, name, labels }: KnownObject, { contained }: Pick<KnownState, "contained">): string {
    const inside = contained.filter(({ volume }) => volume === urn);
    const people = inside.some((each) => each.urn.includes(`${REALM}::`)) ? ", and all people" : "";
    const objects = inside.length === 0 ? "" : `, with ${inside.length} objects configured in it${people}`;
    return `${name} (${labels[LABEL.service] ?? "data"}${objects})`;
}

/** Names the volumes for which it cannot be told whether they hold the state's data. */
export function sayUnsure(volumes: readonly VolumeFate[], progress: Progress): void {
    for (const { name, unsure } of volumes) {
        if (unsure !== undefined) {
            progress.line("!", `could not tell whether ${name} holds the data that the state knows: ${unsure}`);
        }
    }
}

/**
 * Names the volumes whose data is not what the state knows, or may not be.
 *
 * @param mark - of a line that says what is wrong
 */
export function sayData(
    volumes: readonly VolumeFate[],
    progress: Progress,
    stack: string,
    mark: Mark = "✗",
): { readonly isLost: boolean; readonly isUnsure: boolean } {
    const lost = volumes.flatMap((volume) => describeFate(volume) ?? []);
    lost.forEach((text) => progress.line(mark, text));
    if (lost.length > 0) progress.print(`  next: ${npmRun("up", stack)}; it says what can be done`);
    sayUnsure(volumes, progress);
    return { isLost: lost.length > 0, isUnsure: volumes.some(({ unsure }) => unsure !== undefined) };
}
