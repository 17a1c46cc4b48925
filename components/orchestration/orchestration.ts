import * as pulumi from "@pulumi/pulumi";

import type { Foundation, StoreCredential } from "../foundation";
import { PLATFORM_POSTGRES } from "../foundation/platform-databases/layer";
import { type Deployment, requireService } from "../hardening/deployment";
import type { VaultConfiguration } from "../identity/vault-configuration";
import { storeOf, type TemporalDatabaseName } from "./databases";
import { TEMPORAL, TEMPORAL_AUDIENCE, TEMPORAL_SCHEMA } from "./temporal/kind";
import { Temporal } from "./temporal/temporal";

/** Inputs for {@link Orchestration}. */
export interface OrchestrationArgs {
    readonly deployment: Deployment;
    /** The server of Temporal's databases. */
    readonly foundation: Foundation;
    /** Whoever signs the tokens of Temporal's clients. */
    readonly vault: Pick<VaultConfiguration, "signingKeys">;
}

/** The layer that runs workflows. */
export class Orchestration extends pulumi.ComponentResource {
    constructor(name: string, args: OrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:orchestration:Orchestration", name, {}, opts);

        const { deployment, foundation, vault } = args;
        const login = (database: TemporalDatabaseName): StoreCredential => {
            const found = foundation.credentials.find(
                ({ client, store }) => client === TEMPORAL && store === storeOf(database),
            );
            if (found === undefined) {
                throw new pulumi.ResourceError(`${TEMPORAL} has no login to its database ${database}`, this);
            }
            return found;
        };
        new Temporal(
            TEMPORAL,
            {
                deployment,
                service: requireService(deployment.platform, "temporal", TEMPORAL, this),
                schema: requireService(deployment.platform, "job", TEMPORAL_SCHEMA, this),
                logins: { default: login("default"), visibility: login("visibility") },
                database: foundation.stores.get(PLATFORM_POSTGRES)!,
                signingKey: vault.signingKeys.get(TEMPORAL_AUDIENCE),
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}
