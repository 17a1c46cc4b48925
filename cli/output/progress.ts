/** What a person sees while a command works. */

import { duration, fit, withoutLogins } from "./text";

const COLORS = { "✓": 32, "✗": 31, "!": 33, "·": 2, "…": 2, "+": 32, "~": 33, "±": 33, "-": 31 } as const;

/** Milliseconds after which the last line of a step is not shown any more. */
const STALE = 20_000;

/** First character of a line: done, failed, warning, nothing to do, waiting, and what a preview plans. */
export type Mark = keyof typeof COLORS;

/** What {@link Progress} needs of a stream. */
export interface Sink {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
}

/** How to show progress. */
export interface ProgressOptions {
    /** Shows nothing: `--json` keeps standard output for the one document at the end. */
    readonly quiet?: boolean;
    /** @default at a terminal and without NO_COLOR */
    readonly color?: boolean;
    /** Draws one line again and again; otherwise prints a plain line now and then. @default at a terminal outside CI */
    readonly live?: boolean;
    /** Milliseconds between plain lines about the same wait. @default 15 000 */
    readonly plainInterval?: number;
}

/** Something that is being waited for. */
interface Wait {
    readonly describe: () => string | undefined;
    /** When it was last said on a plain line, or when it began. */
    saidAt: number;
}

/** Prints finished lines, and below them at a terminal one live line that says what is being waited for and how long. */
export class Progress {
    private readonly quiet: boolean;
    private readonly color: boolean;
    private readonly live: boolean;
    private readonly plainInterval: number;
    private readonly waits = new Set<Wait>();
    private timer: NodeJS.Timeout | undefined;
    private release: (() => void) | undefined;

    constructor(
        private readonly sink: Sink = process.stdout,
        options: ProgressOptions = {},
    ) {
        const terminal = sink.isTTY === true;
        this.quiet = options.quiet ?? false;
        this.color = options.color ?? (terminal && !process.env.NO_COLOR);
        this.live = options.live ?? (terminal && !process.env.CI);
        this.plainInterval = options.plainInterval ?? 15_000;
    }

    /** A finished line: `✓ name  12.3 s`. */
    line(mark: Mark, text: string, milliseconds?: number): void {
        const elapsed = milliseconds === undefined ? "" : `  ${duration(milliseconds)}`;
        const symbol = this.color ? `\x1b[${COLORS[mark]}m${mark}\x1b[0m` : mark;
        this.print(`${symbol} ${text}${elapsed}`);
    }

    /** Text as it is, several lines if it has several. */
    print(text: string): void {
        if (this.quiet) return;
        this.clear();
        this.sink.write(`${withoutLogins(text)}\n`);
        this.draw();
    }

    /**
     * Shows a wait until {@link settle}.
     *
     * @param describe - asked again and again; `undefined` shows nothing
     */
    wait(describe: () => string | undefined): void {
        this.settle();
        this.release = this.show(describe);
    }

    /** Ends the wait and removes its line. */
    settle(): void {
        this.release?.();
        this.release = undefined;
    }

    /**
     * Runs one step: its name and elapsed time when done, and what it says meanwhile. Several may run at once.
     *
     * @param work - given a function to say what is going on
     */
    async step<T>(name: string, work: (say: (line: string) => void) => Promise<T>): Promise<T> {
        const started = Date.now();
        let said = "";
        let saidAt = started;
        const describe = (): string => {
            const now = Date.now();
            const quiet = now - saidAt;
            // An old line would look like what is being done now.
            const what = said === "" || quiet < STALE ? said : `at work; said nothing for ${duration(quiet)}`;
            return `${name}  ${duration(now - started)}${what ? `  ${what}` : ""}`;
        };
        const release = this.show(describe);
        try {
            const result = await work((line) => {
                said = line.trim();
                saidAt = Date.now();
            });
            release();
            this.line("✓", name, Date.now() - started);
            return result;
        } catch (error) {
            release();
            this.line("✗", name, Date.now() - started);
            throw error;
        }
    }

    /** Adds a wait. @returns ends the wait */
    private show(describe: () => string | undefined): () => void {
        if (this.quiet) return () => undefined;
        const wait = { describe, saidAt: Date.now() };
        this.waits.add(wait);
        this.timer ??= setInterval(() => this.tick(), this.live ? 200 : 1000).unref();
        this.draw();
        return () => {
            this.clear();
            this.waits.delete(wait);
            if (this.waits.size > 0) return this.draw();
            clearInterval(this.timer);
            this.timer = undefined;
        };
    }

    private tick(): void {
        if (this.live) return this.draw();
        for (const wait of this.waits) {
            if (Date.now() - wait.saidAt < this.plainInterval) continue;
            wait.saidAt = Date.now();
            const text = wait.describe();
            if (text) this.sink.write(`… ${text}\n`);
        }
    }

    private draw(): void {
        if (!this.live || this.quiet) return;
        const text = [...this.waits].flatMap(({ describe }) => describe() ?? []).join(" · ");
        this.clear();
        if (text) this.sink.write(fit(`… ${text}`, (this.sink.columns ?? 80) - 1));
    }

    private clear(): void {
        if (this.live && !this.quiet && this.waits.size > 0) this.sink.write("\r\x1b[2K");
    }
}
