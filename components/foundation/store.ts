import type * as pulumi from "@pulumi/pulumi";

import type { Deployment } from "../hardening/deployment";
import type { StoreCredential } from "./credential";

/** The common inputs of all stores. */
export interface StoreArgs {
    readonly deployment: Deployment;
}

/** Vault's login to a store. */
export interface ManagerLogin {
    readonly role: string;
    /** Always secret. */
    readonly password: pulumi.Output<string>;
}

/** A server that clients log in to. */
export interface Store extends pulumi.ComponentResource {
    /** The logins of all clients. */
    readonly credentials: readonly StoreCredential[];
    /** The resource that must exist before a client logs in. */
    readonly ready: pulumi.Resource;
    /** Number of the data, which changes when the data is new. @default - the data has no number */
    readonly identity?: pulumi.Output<string>;
    /** Vault's login; only if Vault creates logins. */
    readonly manager: ManagerLogin | undefined;
}
