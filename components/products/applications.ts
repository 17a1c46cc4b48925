import * as pulumi from "@pulumi/pulumi";

import { isSameOwner, type Owner } from "../../model/owner";
import type { Service, ServiceOf } from "../../model/platform";
import type { ServiceLogin } from "../identity/vault-configuration";
import { VAULT_AGENT } from "../identity/vault-agent/kind";
import { agent, secretsVolume } from "../identity/vault-agent/vault-agent";
import { isOf } from "../kinds";
import type { Deployment } from "../hardening/deployment";
import { application } from "./application/application";
import { APPLICATION } from "./application/kind";
import { NO_SECRETS, renderedByAgent, type SecretFiles } from "./secret-files";

/** Inputs for {@link ProductApplications}. */
export interface ProductApplicationsArgs {
    readonly deployment: Deployment;
    readonly owner: Owner;
    readonly agents: AgentSettings;
}

/** The parts of Vault's configuration that agents need. */
export interface AgentSettings {
    /** By application. */
    readonly logins: ReadonlyMap<string, ServiceLogin>;
    /** Seconds after which an agent reads a value without a lease again. */
    readonly renderInterval: number;
}

/** An owner's applications, and the agents that bring them their secrets. */
export class ProductApplications extends pulumi.ComponentResource {
    constructor(name: string, args: ProductApplicationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductApplications", name, {}, opts);

        const { deployment, owner, agents } = args;
        const own = deployment.platform.services.filter((service) => isSameOwner(service, owner));
        /** Secrets of applications that have an agent, by application. */
        const rendered = new Map<string, SecretFiles>();
        // The platform lists each service after all services that it waits for.
        for (const service of own) {
            if (isOf(VAULT_AGENT)(service)) {
                const served = own.find(({ name: candidate }) => candidate === service.sidecarOf);
                rendered.set(service.sidecarOf ?? "", this.startAgent(deployment, service, served, agents));
            } else if (isOf(APPLICATION)(service)) {
                const secrets = rendered.get(service.name) ?? NO_SECRETS;
                application(service.name, { deployment, service, secrets }, { parent: this });
            }
        }
        this.registerOutputs({});
    }

    /** @returns how the application finds the files that the agent renders */
    private startAgent(
        deployment: Deployment,
        service: ServiceOf<typeof VAULT_AGENT>,
        served: Service | undefined,
        { logins, renderInterval }: AgentSettings,
    ): SecretFiles {
        const login = logins.get(served?.name ?? "");
        if (served === undefined || login === undefined) {
            throw new pulumi.ResourceError(`${service.name}: there is no application or no login for it`, this);
        }
        const options = { parent: this };
        const secrets = secretsVolume(deployment, served, options);
        agent(service.name, { deployment, service, application: served, login, renderInterval, secrets }, options);
        return renderedByAgent(service.spec, secrets);
    }
}
