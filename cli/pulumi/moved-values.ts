/** Generated values whose row moved to another path. The value does not move along, and a path that is not declared is deleted. */

import { type ResolvedSecret, placeOf } from "../../model/secrets/secret";
import { Failure, npmRun } from "../failure";
import type { Declared } from "../stacks/platform";
import type { KnownState } from "./state";

/** A generated value that no row declares any more, while its own row is at another path. */
export interface MovedValue {
    /** In Vault, as `psra/kv/config/jwt-secret`. */
    readonly path: string;
    /** The path of its row now. */
    readonly to: string;
}

const isGenerated = ({ engine, source }: ResolvedSecret): boolean => engine === "kv" && source === "generated";

/** Whether two names belong to one row: with `perReader`, the reader's name is at the end of each name. */
function isSameRow(a: string, b: string): boolean {
    return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Values that the declaration would leave behind. Pure. */
export function movedValues(
    { secrets: before, generated }: Pick<KnownState, "secrets" | "generated">,
    { platform: { secrets: now } }: Pick<Declared, "platform">,
): MovedValue[] {
    const places = new Set(now.map(placeOf));
    return before.filter(isGenerated).flatMap((old) => {
        const path = placeOf(old);
        const row = now.find((secret) => isSameRow(secret.name, old.name) && isGenerated(secret));
        // In a state of an earlier release, the value has its row's name, and moves with the row.
        const isByPlace = generated.some((urn) => urn.endsWith(`::${path}`));
        return row === undefined || places.has(path) || !isByPlace ? [] : [{ path, to: placeOf(row) }];
    });
}

/** The command that lets values go. */
export function lettingGo(stack: string, values: readonly { readonly path: string }[]): string {
    return npmRun("up", stack, ...values.flatMap(({ path }) => ["--delete-data", `'${path}'`]));
}

/**
 * @param deleteData - paths of values that may go
 * @throws Failure when a generated value would be deleted though its row is still declared
 */
export function refuseMovedValues(
    state: Pick<KnownState, "secrets" | "generated">,
    declared: Pick<Declared, "platform">,
    stack: string,
    deleteData: readonly string[],
): void {
    const moved = movedValues(state, declared).filter(({ path }) => !deleteData.includes(path));
    if (moved.length === 0) return;
    throw new Failure(
        `values in Vault would be destroyed: ${moved.map(({ path }) => path).join(", ")}; nothing was touched`,
        `declare the path as before, or copy the value to the new path and declare its source "written"; if it may go: ${lettingGo(stack, moved)}`,
        undefined,
        moved.map(
            ({ path, to }) =>
                `  ${path} holds a generated value, and its row is at ${to} now, where a new value is generated: the old one would be deleted with all versions`,
        ),
    );
}
