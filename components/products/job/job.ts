import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import type { Deployment } from "../../hardening/deployment";
import { Job } from "../../hardening/job";
import { programSettings } from "../program-settings";
import type { SecretFiles } from "../secret-files";

/** Inputs for {@link productJob}. */
export interface ProductJobArgs {
    readonly deployment: Deployment;
    readonly service: ServiceOf<"job">;
    readonly secrets: SecretFiles;
    /** The job's agent, which runs only while the job does. @default - the job reads no secrets */
    readonly agent?: docker.Container;
    /** Numbers of the data in the stores that it logs in to. */
    readonly data: readonly pulumi.Input<string>[];
}

/** A job of a product. It finds its stores, services and secrets as the product's applications do. */
export function productJob(name: string, args: ProductJobArgs, opts: pulumi.ComponentResourceOptions): Job {
    const { deployment, service, secrets, agent, data } = args;
    const [program, ...rest] = service.spec.command ?? [];
    return new Job(
        name,
        {
            deployment,
            service,
            ...(program !== undefined && { entrypoint: [program], command: rest }),
            environment: programSettings(deployment.platform, service, secrets),
            shared: secrets.shared,
            ...(agent && { companions: [agent] }),
            data,
        },
        opts,
    );
}
