import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../model/platform";
import { RUN_JOB, TIME_LIMIT } from "../products/job/kind";
import { CONTAINER_OPTIONS, type HardenedArgs, hardenedContainer, surround, type Surroundings } from "./container";

/** Inputs for {@link Job}. */
export interface JobArgs extends HardenedArgs {
    readonly service: ServiceOf<"job">;
    /**
     * Numbers of the data that the job works on ({@link DatabaseServer.identity}). The job runs again when the data is new.
     * @default none
     */
    readonly data?: readonly pulumi.Input<string>[];
    /** Containers of services that run only while the job does, and that it needs from its first moment. @default none */
    readonly companions?: readonly docker.Container[];
}

/**
 * The hardened job: a container that runs to its end while the services that wait for it do not start yet.
 *
 * The job runs once for each container, so once for each image, command, setting and content of files, and again when its data
 * is new. A run that failed or was cut off is repeated by the next update. So a job must be idempotent.
 *
 * The container is created by the provider and run by a command: the provider takes any exit code for a success.
 * @see docs/adr/0023-a-job-is-run-by-a-command.md
 */
export class Job extends pulumi.ComponentResource {
    /** The finished run. Depend on it to wait for the job's success. */
    public readonly run: local.Command;

    constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
        // The inputs stay empty: the state already contains the model, as the flow plan's inputs.
        super("strata:lib:Job", name, {}, opts);

        const { deployment, service, data = [], companions = [] } = args;
        const around: Surroundings = {
            mounts: [],
            dependencies: [...deployment.register.of(service.startsAfter), ...(args.dependsOn ?? [])],
        };
        surround(name, args, this, around);
        const instance = { replica: 1, name: service.name };
        const container = new docker.Container(
            `${name}-container`,
            hardenedContainer(args, instance, around.mounts, this),
            { parent: this, dependsOn: around.dependencies, ...CONTAINER_OPTIONS },
        );

        const seconds = service.spec.timeLimit ?? TIME_LIMIT;
        this.run = new local.Command(
            `${name}-run`,
            {
                create: pulumi
                    .all([container.name, ...companions.map((companion) => companion.name)])
                    .apply(([job, ...others]) => [RUN_JOB, job, seconds, ...others].join(" ")),
                environment: deployment.dockerVariables,
                triggers: [container.id, ...data],
                addPreviousOutputInEnv: false,
                logging: "none",
            },
            { parent: this, dependsOn: [container, ...companions] },
        );
        // Services wait for the job's success, not only for its container.
        deployment.register.set(service.name, this.run);
        this.registerOutputs({});
    }
}
