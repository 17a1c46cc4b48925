/** Parts that schemas are made of. Each carries what it accepts as its error text: that text is the `accepted` of a problem. */

import { z } from "zod";

import type { Form } from "../grammar";

/** A text of a form. */
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

/** What a schema says of its values beyond what it accepts: `params` of a refinement. */
export interface Advice {
    /** What to do instead. @param name - of the value */
    readonly next: (name: string) => string;
    /** The value may be a secret: no message quotes it. */
    readonly isHidden: true;
}
