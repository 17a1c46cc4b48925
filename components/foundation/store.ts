import type * as pulumi from "@pulumi/pulumi";

import type { Deployment } from "../hardening/deployment";
import type { StoreCredential } from "./credential";

/** What is common to the inputs of all stores. */
export interface StoreArgs {
    readonly deployment: Deployment;
}

/** How Vault logs in to a store. */
export interface ManagerLogin {
    readonly role: string;
    /** Always secret. */
    readonly password: pulumi.Output<string>;
}

/** A server that others log in to. */
export interface Store extends pulumi.ComponentResource {
    /** Every login of a client. */
    readonly credentials: readonly StoreCredential[];
    /** What has to be there before anybody logs in. */
    readonly ready: pulumi.Resource;
    /** Set if Vault makes logins. */
    readonly manager: ManagerLogin | undefined;
}
