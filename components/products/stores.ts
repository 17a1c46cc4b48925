import * as pulumi from "@pulumi/pulumi";

import { isSameOwner, type Owner } from "../../model/owner";
import { buildStore } from "../builders";
import type { Store, StoreCredential } from "../foundation";
import { isStore } from "../kinds";
import type { Deployment } from "../hardening/deployment";

/** Inputs for {@link ProductStores}. */
export interface ProductStoresArgs {
    readonly deployment: Deployment;
    readonly owner: Owner;
}

/** The servers that an owner's applications log in to. */
export class ProductStores extends pulumi.ComponentResource {
    /** By service name. */
    public readonly stores: ReadonlyMap<string, Store>;
    /** The logins of all clients. */
    public readonly credentials: readonly StoreCredential[];

    constructor(name: string, args: ProductStoresArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductStores", name, {}, opts);

        const { deployment, owner } = args;
        const own = deployment.platform.services.filter((service) => isSameOwner(service, owner));
        this.stores = new Map(
            own.filter(isStore).map((service) => [service.name, buildStore(service, { deployment }, { parent: this })]),
        );
        this.credentials = [...this.stores.values()].flatMap(({ credentials }) => credentials);
        this.registerOutputs({});
    }
}
