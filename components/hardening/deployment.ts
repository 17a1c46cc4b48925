import type * as docker from "@pulumi/docker";

import type { Platform } from "../../model/platform";
import type { Register } from "./register";

/** What every service needs to know about the environment it is put into. */
export interface Deployment {
    readonly platform: Platform;
    /** Reference (tag and digest, or content-addressed tag) of an image; a reference that is pinned already is returned as it is. */
    readonly image: (name: string) => string;
    /** What services wait for. */
    readonly register: Register;
    /** The engine's networks by zone name. */
    readonly zones: Readonly<Record<string, docker.Network>>;
    /** Whether what holds data refuses to be deleted; see {@link keep} in `keep.ts`. */
    readonly protectData: boolean;
    /** The engine's API version; `undefined` stands for the oldest that is supported. */
    readonly engineApi: string | undefined;
    /** Variables with which a docker client that runs beside the providers uses the same engine. */
    readonly dockerVariables: Readonly<Record<string, string>>;
}
