/** A stack's configuration of which some settings cannot be read: what the others mean is looked at all the same. */

import type { Problem } from "./problems";

/** Thrown where a check asks for a setting that cannot be read. */
export class Unreadable extends Error {
    override readonly name = "Unreadable";
}

/** An object whose settings are there but for some, at which whoever asks is stopped by {@link Unreadable}. */
export function partlyReadable(
    settings: Readonly<Record<string, unknown>>,
    unreadable: readonly string[],
): Record<string, unknown> {
    const parts = { ...settings };
    for (const name of unreadable) {
        const get = (): never => {
            throw new Unreadable(name);
        };
        Object.defineProperty(parts, name, { get, enumerable: true, configurable: true });
    }
    return parts;
}

/** What a check finds; nothing where it needs a setting that cannot be read, which is said already. */
export function asFarAsReadable(check: () => readonly Problem[]): readonly Problem[] {
    try {
        return check();
    } catch (error) {
        if (error instanceof Unreadable) return [];
        throw error;
    }
}
