import type * as pulumi from "@pulumi/pulumi";

import type { Deployment } from "./deployment";

/**
 * Options of a resource that holds what people or services wrote: a data volume, a secret engine, a key, an authority, a realm,
 * a group or role that people belong to, the edge's own authority.
 * Outside throw-away environments the engine refuses to delete or replace it. `strata product remove` and
 * `strata down --volumes` are the ways to remove it on purpose.
 *
 * A new kind of data goes into `model/kept-types.ts` too, where the rule `data-is-protected` and the command line find it.
 */
export function keep<O extends pulumi.ResourceOptions>(
    { protectData }: Pick<Deployment, "protectData">,
    options: O,
): O {
    return { ...options, protect: protectData };
}
