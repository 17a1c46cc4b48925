import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../model/platform";

/**
 * Who may talk to whom, as it was declared. It makes nothing: its inputs put the declaration into the state, where the
 * policies compare it with the containers and the isolation probe with what really answers.
 */
export class FlowPlan extends pulumi.ComponentResource {
    constructor(name: string, platform: Platform, opts?: pulumi.ComponentResourceOptions) {
        super("strata:network:FlowPlan", name, { ...platform }, opts);
        // Policies over the whole stack are shown outputs, not inputs.
        this.registerOutputs({ ...platform });
    }
}
