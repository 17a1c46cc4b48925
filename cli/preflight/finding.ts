/** What the preflight and `doctor` say about one thing that they looked at. */

import type { Progress } from "../output/progress";

/** One thing that was looked at. */
export interface Finding {
    readonly what: string;
    /** What was found. */
    readonly value: string;
    /**
     * `good`; `note`: works, but less well than it could; `bad`: the stack cannot run like this, so `up` stops; `unknown`: could
     * not be told.
     */
    readonly verdict: "good" | "note" | "bad" | "unknown";
    /** Lines that belong to the value. @default none */
    readonly details?: readonly string[];
    /** What would do instead. */
    readonly accepted?: string;
    /** One line; missing when nothing has to change. */
    readonly fix?: string;
    /** A property of the engine that stays as it is: `doctor` says it, `up` does not repeat it each time. @default false */
    readonly lasting?: boolean;
}

const MARKS = { good: "✓", note: "!", bad: "✗", unknown: "!" } as const;

/** Prints a line for each finding, with what would mend it. After details, what would mend it has a line of its own. */
export function sayFindings(findings: readonly Finding[], progress: Progress): void {
    for (const { verdict, what, value, details = [], fix } of findings) {
        const next = fix === undefined ? [] : [`next: ${fix}`];
        progress.line(MARKS[verdict], [`${what}: ${value}`, ...(details.length === 0 ? next : [])].join("; "));
        details.forEach((line) => progress.print(line));
        if (details.length > 0) next.forEach((line) => progress.print(`  ${line}`));
    }
}
