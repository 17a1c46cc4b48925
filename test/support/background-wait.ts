/** Waits that go on while other tests run. */

import type { Patience } from "./eventually";

/**
 * A wait that takes longer than a test should. One test begins the wait, and a later test asks for its end. The later test fails when
 * something went wrong meanwhile.
 */
export class BackgroundWait<T> {
    private outcome: Promise<T> | undefined;
    private stopped = false;

    /** @param what - for errors, for example `there is another login` */
    constructor(
        private readonly what: string,
        private readonly patience: Required<Patience>,
    ) {}

    /** @param look - returns `undefined` until it finds something; unlike in `eventually`, its first error ends the wait */
    begin(look: () => Promise<T | undefined>): void {
        this.outcome = this.wait(look);
        // `end` reports the error later.
        this.outcome.catch(() => undefined);
    }

    /** @throws Error of the look, or when the time was over before the look found anything */
    end(): Promise<T> {
        return this.outcome ?? Promise.reject(new Error(`nobody began to wait: ${this.what}`));
    }

    /** Ends the wait at the end of a run, also after failed tests. */
    async stop(): Promise<void> {
        this.stopped = true;
        await this.outcome?.catch(() => undefined);
    }

    private async wait(look: () => Promise<T | undefined>): Promise<T> {
        const deadline = Date.now() + this.patience.within;
        while (Date.now() < deadline && !this.stopped) {
            const found = await look();
            if (found !== undefined) {
                return found;
            }
            await new Promise((resolve) => setTimeout(resolve, this.patience.every));
        }
        throw new Error(`not within ${this.patience.within / 1000} s: ${this.what}`);
    }
}
