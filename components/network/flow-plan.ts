import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../model/platform";

/**
 * The declared flows. This component creates nothing: its outputs put the declaration into the state, where the policies
 * compare it with the containers.
 *
 * Policies over the whole stack see outputs only. The engine detects changes by inputs only, so the input is a digest: the
 * state then contains the declaration once.
 */
export class FlowPlan extends pulumi.ComponentResource {
    constructor(name: string, platform: Platform, opts?: pulumi.ComponentResourceOptions) {
        const digest = createHash("sha256").update(JSON.stringify(platform)).digest("hex");
        super("strata:network:FlowPlan", name, { digest }, opts);
        this.registerOutputs({ ...platform });
    }
}
