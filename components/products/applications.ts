import * as pulumi from "@pulumi/pulumi";

import type { Service, ServiceOf } from "../../model/platform";
import type { StoreCredential } from "../foundation";
import type { ServiceLogin } from "../identity/vault";
import { agent, secretsVolume } from "../identity/vault-agent/vault-agent";
import { isOf } from "../kinds";
import type { Deployment } from "../lib/deployment";
import { application } from "./application/application";
import { renderedByAgent, type SecretFiles, writtenByProgram } from "./secret-files";

/** Inputs for {@link ProductApplications}. */
export interface ProductApplicationsArgs {
    readonly deployment: Deployment;
    /** The product's name. */
    readonly product: string;
    /** Logins to the product's stores, for applications that have no agent. */
    readonly credentials: readonly StoreCredential[];
    /** With it every secret comes from an agent. @default - the program writes the URLs of the stores */
    readonly agents: AgentSettings | undefined;
}

/** What agents need of a configured Vault. */
export interface AgentSettings {
    /** By application. */
    readonly logins: ReadonlyMap<string, ServiceLogin>;
    /** Seconds between two looks at a value that has no lease. */
    readonly renderInterval: number;
}

/** A product's own services, and the agents that bring them their secrets. */
export class ProductApplications extends pulumi.ComponentResource {
    constructor(name: string, args: ProductApplicationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductApplications", name, {}, opts);

        const { deployment, product, credentials, agents } = args;
        const own = deployment.platform.services.filter((service) => service.product === product);
        /** Secrets of applications that have an agent, by application. */
        const rendered = new Map<string, SecretFiles>();
        // The platform lists services after all that they wait for.
        for (const service of own) {
            if (isOf("vault-agent")(service)) {
                const served = own.find(({ name: candidate }) => candidate === service.sidecarOf);
                rendered.set(service.sidecarOf ?? "", this.startAgent(deployment, service, served, agents));
            } else if (isOf("application")(service)) {
                const secrets =
                    rendered.get(service.name) ??
                    writtenByProgram(credentials.filter(({ client }) => client === service.name));
                application(service.name, { deployment, service, secrets }, { parent: this });
            }
        }
        this.registerOutputs({});
    }

    /** @returns how its application finds what it renders */
    private startAgent(
        deployment: Deployment,
        service: ServiceOf<"vault-agent">,
        served: Service | undefined,
        agents: AgentSettings | undefined,
    ): SecretFiles {
        const login = agents?.logins.get(served?.name ?? "");
        if (agents === undefined || served === undefined || login === undefined) {
            throw new pulumi.ResourceError(`${service.name}: there is no application or no login for it`, this);
        }
        const { renderInterval } = agents;
        const options = { parent: this };
        const secrets = secretsVolume(deployment, served, options);
        agent(service.name, { deployment, service, application: served, login, renderInterval, secrets }, options);
        return renderedByAgent(service.spec, secrets);
    }
}
