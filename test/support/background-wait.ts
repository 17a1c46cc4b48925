/** Waiting that goes on while other tests run. */

import type { Patience } from "./eventually";

/**
 * What takes longer than a test should: begun in one test, and its end asked for in a later one, which is the one that fails when
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

    /** @param look - gives `undefined` as long as there is nothing; unlike with `eventually`, its first error ends the wait */
    begin(look: () => Promise<T | undefined>): void {
        this.outcome = this.wait(look);
        // Somebody asks later.
        this.outcome.catch(() => undefined);
    }

    /** @throws Error of the look, or when the time was over before there was anything */
    end(): Promise<T> {
        return this.outcome ?? Promise.reject(new Error(`nobody began to wait: ${this.what}`));
    }

    /** For the end of the run, whatever has become of the tests. */
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
