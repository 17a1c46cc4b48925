import * as pulumi from "@pulumi/pulumi";

import type { Supplied } from "../../model/supply";

/**
 * Records where the environment's plugins and images come from, who built them, and the engine that they run on. It creates
 * nothing. It puts these facts into the state, which travels with the backend, before the first container is created. The
 * command line refuses to continue with other plugins and images (ADR 0009), or on another engine.
 */
export class Supply extends pulumi.ComponentResource {
    /** @param engine - identity of the engine; an output, because an engine that was moved or set up anew is no change to plan */
    constructor(name: string, supplied: Supplied, engine: string | undefined, opts?: pulumi.ComponentResourceOptions) {
        super("strata:lib:Supply", name, { ...supplied }, opts);
        this.registerOutputs({ ...supplied, ...(engine && { engine }) });
    }
}
