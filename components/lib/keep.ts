import type * as pulumi from "@pulumi/pulumi";

import type { Deployment } from "./deployment";

/**
 * Options of a resource that holds what people or services wrote: a data volume, a secret engine, a key, an authority, a realm.
 * Outside throw-away environments the engine refuses to delete or replace it. `strata product remove` and
 * `strata down --volumes` are the ways to remove it on purpose.
 *
 * The rule `data-is-protected` knows the same types: a new kind of data goes there too (`policies/lib/data.ts`).
 */
export function keep<O extends pulumi.ResourceOptions>(
    { protectData }: Pick<Deployment, "protectData">,
    options: O,
): O {
    return { ...options, protect: protectData };
}
