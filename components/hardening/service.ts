import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { type Instance, instancesOf } from "../../model/instances";
import {
    CONTAINER_OPTIONS,
    type HardenedArgs,
    hardenedContainer,
    surround,
    type Surroundings,
    userOf,
} from "./container";
import { dataOwner, dataVolume } from "./service-volumes";

/** Inputs for {@link Service}. */
export interface ServiceArgs extends HardenedArgs {
    /** Path of the volume that holds the service's data. It survives the container. @default - no data */
    readonly data?: string;
    /**
     * Set when the image has no directory at {@link data}: a one-shot container then gives the volume to the user. If the
     * image had the directory, the engine would give an empty volume the directory's owner at each mount.
     * @default false
     */
    readonly ownsData?: boolean;
}

/**
 * The hardened service: everything that strata runs and that is no job. A service counts as started once it is healthy. A
 * service that runs only while a job does is started, and waited for, by that job.
 */
export class Service extends pulumi.ComponentResource {
    /** The container; of several, the first, which is created last. Depend on it to wait until the service is healthy. */
    public readonly container: docker.Container;
    /** The volume with the service's data, if it has any. */
    public readonly data: docker.Volume | undefined;

    constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        // The inputs stay empty: the state already contains the model, as the flow plan's inputs.
        super("strata:lib:Service", name, {}, opts);

        const { deployment, service } = args;
        const user = args.user ?? userOf(deployment.platform, service.name);

        const around: Surroundings = {
            mounts: [],
            dependencies: [...deployment.register.of(service.startsAfter), ...(args.dependsOn ?? [])],
        };
        if (args.data !== undefined) {
            this.data = dataVolume(`${name}-data`, deployment, service, this);
            around.mounts.push({ type: "volume", source: this.data.name, target: args.data, readOnly: false });
            if (args.ownsData) {
                around.dependencies.push(dataOwner(name, deployment, service, user, around.mounts[0]!, this));
            }
        }
        surround(name, args, this, around);

        const make = (instance: Instance, before: readonly docker.Container[]): docker.Container =>
            new docker.Container(
                instance.replica === 1 ? `${name}-container` : `${name}-container-${instance.replica}`,
                hardenedContainer(args, instance, around.mounts, this),
                { parent: this, dependsOn: [...around.dependencies, ...before], ...CONTAINER_OPTIONS },
            );
        // From the last to the first, so that an additional instance exists before the others are replaced. Each instance
        // waits for the one before: a replacement goes on once that instance is healthy, and stops at an unhealthy one.
        const containers = instancesOf(service)
            .reverse()
            .reduce<docker.Container[]>((made, instance) => [...made, make(instance, made.slice(-1))], []);
        this.container = containers.at(-1)!;
        deployment.register.set(service.name, this.container);
        this.registerOutputs({});
    }
}
