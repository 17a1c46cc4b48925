/** What the preflight and `doctor` say about one thing that they looked at. */

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
    /** What would do instead. */
    readonly accepted?: string;
    /** One line; missing when nothing has to change. */
    readonly fix?: string;
    /** A property of the engine that stays as it is: `doctor` says it, `up` does not repeat it each time. @default false */
    readonly lasting?: boolean;
}
