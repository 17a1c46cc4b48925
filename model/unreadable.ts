/** A stack's configuration of which some settings cannot be read. Checks of the other settings still run. */

import type { Problem } from "./problems";

/** Thrown when a check reads an unreadable setting. */
export class Unreadable extends Error {
    override readonly name = "Unreadable";
}

/** An object with settings, some unreadable: reading one of those throws {@link Unreadable}. */
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

/** The problems that a check finds; none when it needs an unreadable setting, which is reported already. */
export function asFarAsReadable(check: () => readonly Problem[]): readonly Problem[] {
    try {
        return check();
    } catch (error) {
        if (error instanceof Unreadable) return [];
        throw error;
    }
}
