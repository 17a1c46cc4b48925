/** Waits for a condition, with a time limit. */

/** Time limit of a wait, and the interval between looks. */
export interface Patience {
    /** Longest wait in milliseconds. @default 60 000 */
    readonly within?: number;
    /** Milliseconds between two looks. @default 200 */
    readonly every?: number;
}

/**
 * Calls `look` repeatedly until it returns something other than `undefined` and `false`.
 *
 * @param what - for the error, for example `vault is unhealthy`
 * @throws Error with the last look's error, when the time is over
 */
export async function eventually<T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    { within = 60_000, every = 200 }: Patience = {},
): Promise<T> {
    const deadline = Date.now() + within;
    let problem = "";
    for (;;) {
        try {
            const found = await look();
            if (found !== undefined && found !== false) {
                return found;
            }
            problem = "";
        } catch (error) {
            problem = `: ${(error as Error).message}`;
        }
        if (Date.now() > deadline) {
            throw new Error(`not within ${within / 1000} s: ${what}${problem}`);
        }
        await new Promise((resolve) => setTimeout(resolve, every));
    }
}
