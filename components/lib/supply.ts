import * as pulumi from "@pulumi/pulumi";

import type { Way } from "../../model/supply";

/**
 * Where the environment's plugins and images come from. It makes nothing: its input puts the fact into the state, which travels
 * with the backend, before the first container is made. The command line refuses to go on another way (ADR 0009).
 */
export class Supply extends pulumi.ComponentResource {
    constructor(name: string, way: Way, opts?: pulumi.ComponentResourceOptions) {
        super("strata:lib:Supply", name, { way }, opts);
        this.registerOutputs({ way });
    }
}
