import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { Platform, ServiceOf } from "../../model/platform";
import { isOf, type KindName } from "../kinds";
import type { Register } from "./register";

/** The environment in which a service is created, as every component needs it. */
export interface Deployment {
    readonly platform: Platform;
    /** Reference (tag and digest, or content-addressed tag) of an image. A pinned reference is returned unchanged. */
    readonly image: (name: string) => string;
    /** The resources that services wait for. */
    readonly register: Register;
    /** The engine's networks by zone name. */
    readonly zones: Readonly<Record<string, docker.Network>>;
    /** Whether resources that hold data are protected from being deleted; see {@link keep} in `keep.ts`. */
    readonly protectData: boolean;
    /** The engine's API version; `undefined` stands for the oldest that is supported. */
    readonly engineApi: string | undefined;
    /** Variables with which a docker client that runs beside the providers uses the same engine. */
    readonly dockerVariables: Readonly<Record<string, string>>;
}

/**
 * The service of a kind that a component makes.
 *
 * @param parent - the component, for messages
 * @throws pulumi.ResourceError when the platform has none of that name
 */
export function requireService<K extends KindName>(
    { services }: Platform,
    kind: K,
    wanted: string,
    parent: pulumi.Resource,
): ServiceOf<K> {
    const service = services.filter(isOf(kind)).find(({ name }) => name === wanted);
    if (service === undefined) {
        throw new pulumi.ResourceError(`the platform has no ${wanted}`, parent);
    }
    return service;
}
