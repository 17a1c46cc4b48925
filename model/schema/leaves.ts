/**
 * Building blocks of schemas. Each has the values that it accepts as its error text, which becomes the `accepted` of a
 * problem.
 */

import { z } from "zod";

import type { Form } from "../grammar";

/** A text that matches a form. */
export function text({ accepted, pattern }: Form) {
    return z.string({ error: accepted }).regex(pattern, { error: accepted, abort: true });
}

/** A whole number. */
export function whole(accepted: string, from: number, to = Number.MAX_SAFE_INTEGER) {
    return z
        .number({ error: accepted })
        .int({ error: accepted })
        .min(from, { error: accepted })
        .max(to, { error: accepted });
}

/** `true` or `false`. */
export const flag = z.boolean({ error: "true or false" });

/** Further advice of a schema about a value: `params` of a refinement. */
export interface Advice {
    /** What to do instead. @param name - of the value */
    readonly next: (name: string) => string;
    /** The value may be a secret: no message quotes it. */
    readonly isHidden: true;
}
