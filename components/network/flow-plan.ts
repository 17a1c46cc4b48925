import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../model/platform";

/**
 * Who may talk to whom, as it was declared. It makes nothing: its outputs put the declaration into the state, where the policies
 * compare it with the containers.
 *
 * Policies over the whole stack are shown outputs only. The engine sees a change by inputs only: these are a digest, so that the
 * declaration is in the state once.
 */
export class FlowPlan extends pulumi.ComponentResource {
    constructor(name: string, platform: Platform, opts?: pulumi.ComponentResourceOptions) {
        const digest = createHash("sha256").update(JSON.stringify(platform)).digest("hex");
        super("strata:network:FlowPlan", name, { digest }, opts);
        this.registerOutputs({ ...platform });
    }
}
