import * as pulumi from "@pulumi/pulumi";

import { PLATFORM } from "../../model/platform";
import type { VaultConfig } from "../../model/stack-config";
import { isOf } from "../kinds";
import type { Deployment } from "../hardening/deployment";
import { Vault } from "./vault";
import { VAULT } from "./vault/kind";

/** Inputs for {@link Foundation}. */
export interface FoundationArgs {
    readonly deployment: Deployment;
    readonly vault: VaultConfig;
}

/** The base of all other layers: the server that keeps secrets. */
export class Foundation extends pulumi.ComponentResource {
    public readonly vault: Vault;

    constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Foundation", name, {}, opts);

        const { deployment } = args;
        const own = deployment.platform.services.filter(({ product }) => product === PLATFORM);
        const server = own.find(isOf(VAULT));
        if (server === undefined) {
            throw new pulumi.ResourceError("the platform has no Vault", this);
        }
        this.vault = new Vault(server.name, { deployment, service: server, vault: args.vault }, { parent: this });
        this.registerOutputs({});
    }
}
