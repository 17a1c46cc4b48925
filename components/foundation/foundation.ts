import * as pulumi from "@pulumi/pulumi";

import { PLATFORM } from "../../model/platform";
import type { VaultConfig } from "../../model/stack-config";
import { buildStore } from "../builders";
import { isOf, isStore } from "../kinds";
import type { Deployment } from "../hardening/deployment";
import type { StoreCredential } from "./credential";
import type { Store } from "./store";
import { Vault } from "./vault";
import { VAULT } from "./vault/kind";

/** Inputs for {@link Foundation}. */
export interface FoundationArgs {
    readonly deployment: Deployment;
    readonly vault: VaultConfig;
}

/** The base of all other layers: the server that keeps secrets, and the platform's own stores. */
export class Foundation extends pulumi.ComponentResource {
    public readonly vault: Vault;
    /** By service name. */
    public readonly stores: ReadonlyMap<string, Store>;
    /** Logins of the platform's services to the stores. */
    public readonly credentials: readonly StoreCredential[];

    constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Foundation", name, {}, opts);

        const { deployment } = args;
        const own = deployment.platform.services.filter(
            ({ product, layer }) => product === PLATFORM && layer === "foundation",
        );
        const server = own.find(isOf(VAULT));
        if (server === undefined) {
            throw new pulumi.ResourceError("the platform has no Vault", this);
        }
        this.vault = new Vault(server.name, { deployment, service: server, vault: args.vault }, { parent: this });
        this.stores = new Map(
            own.filter(isStore).map((store) => [store.name, buildStore(store, { deployment }, { parent: this })]),
        );
        this.credentials = [...this.stores.values()].flatMap(({ credentials }) => credentials);
        this.registerOutputs({});
    }
}
