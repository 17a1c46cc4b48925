import * as pulumi from "@pulumi/pulumi";

import type { Supplied } from "../../model/supply";

/**
 * How the environment's plugins and images came, and what they are. It makes nothing: its inputs put the facts into the state, which
 * travels with the backend, before the first container is made. The command line refuses to go on with others (ADR 0009).
 */
export class Supply extends pulumi.ComponentResource {
    constructor(name: string, supplied: Supplied, opts?: pulumi.ComponentResourceOptions) {
        super("strata:lib:Supply", name, { ...supplied }, opts);
        this.registerOutputs({ ...supplied });
    }
}
