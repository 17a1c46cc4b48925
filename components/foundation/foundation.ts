import * as pulumi from "@pulumi/pulumi";

import { PLATFORM } from "../../model/platform";
import type { VaultConfig } from "../../model/stack-config";
import { isOf } from "../kinds";
import type { Deployment } from "../lib/deployment";
import { Postgres } from "./postgres/postgres";
import { Vault } from "./vault";

/** Inputs for {@link Foundation}. */
export interface FoundationArgs {
    readonly deployment: Deployment;
    readonly vault: VaultConfig;
}

/** What every other layer stands on: Vault, and the databases of the platform itself. */
export class Foundation extends pulumi.ComponentResource {
    public readonly vault: Vault;
    /** The platform's own databases, if the environment has any. */
    public readonly postgres: Postgres | undefined;

    constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Foundation", name, {}, opts);

        const { deployment } = args;
        const own = deployment.platform.services.filter(({ product }) => product === PLATFORM);
        const postgres = own.filter(isOf("postgres")).find(({ layer }) => layer === "foundation");
        if (postgres !== undefined) {
            this.postgres = new Postgres(postgres.name, { deployment, service: postgres }, { parent: this });
        }
        const server = own.find(isOf("vault"));
        if (server === undefined) {
            throw new pulumi.ResourceError("the platform has no Vault", this);
        }
        this.vault = new Vault(server.name, { deployment, service: server, vault: args.vault }, { parent: this });
        this.registerOutputs({});
    }
}
