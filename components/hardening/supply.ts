import * as pulumi from "@pulumi/pulumi";

import type { Supplied } from "../../model/supply";

/**
 * How the environment's plugins and images came, what they are, and the engine that they run on. It makes nothing: it puts the facts
 * into the state, which travels with the backend, before the first container is made. The command line refuses to go on with other
 * plugins and images (ADR 0009), and on another engine.
 */
export class Supply extends pulumi.ComponentResource {
    /** @param engine - identity of the engine; an output, because an engine that was moved or set up anew is no change to plan */
    constructor(name: string, supplied: Supplied, engine: string | undefined, opts?: pulumi.ComponentResourceOptions) {
        super("strata:lib:Supply", name, { ...supplied }, opts);
        this.registerOutputs({ ...supplied, ...(engine && { engine }) });
    }
}
