import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { loginsOf } from "../../model/logins";
import { isSameOwner, type Owner } from "../../model/owner";
import type { Service, ServiceOf } from "../../model/platform";
import type { ServiceLogin } from "../identity/vault-configuration";
import { VAULT_AGENT } from "../identity/vault-agent/kind";
import { agent, secretsVolume } from "../identity/vault-agent/vault-agent";
import type { Store } from "../foundation";
import { isOf } from "../kinds";
import type { Deployment } from "../hardening/deployment";
import { application } from "./application/application";
import { APPLICATION } from "./application/kind";
import { productJob } from "./job/job";
import { JOB } from "./job/kind";
import { NO_SECRETS, renderedByAgent, type SecretFiles } from "./secret-files";

/** Inputs for {@link ProductApplications}. */
export interface ProductApplicationsArgs {
    readonly deployment: Deployment;
    readonly owner: Owner;
    readonly agents: AgentSettings;
    /** The owner's stores, by service name. */
    readonly stores: ReadonlyMap<string, Store>;
}

/** The parts of Vault's configuration that agents need. */
export interface AgentSettings {
    /** By application. */
    readonly logins: ReadonlyMap<string, ServiceLogin>;
    /** Seconds after which an agent reads a value without a lease again. */
    readonly renderInterval: number;
}

/** How an agent hands over secrets, and the agent's container. */
interface Served {
    readonly secrets: SecretFiles;
    readonly agent?: docker.Container;
}

const UNSERVED: Served = { secrets: NO_SECRETS };

/** An owner's applications and jobs, and the agents that bring them their secrets. */
export class ProductApplications extends pulumi.ComponentResource {
    constructor(name: string, args: ProductApplicationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductApplications", name, {}, opts);

        const { deployment, owner, agents, stores } = args;
        const own = deployment.platform.services.filter((service) => isSameOwner(service, owner));
        /** Applications and jobs that have an agent, by name. */
        const rendered = new Map<string, Served>();
        // The platform lists each service after all services that it waits for.
        for (const service of own) {
            if (isOf(VAULT_AGENT)(service)) {
                const served = own.find(({ name: candidate }) => candidate === service.sidecarOf);
                rendered.set(service.sidecarOf ?? "", this.startAgent(deployment, service, served, agents));
            } else if (isOf(APPLICATION)(service)) {
                const { secrets } = rendered.get(service.name) ?? UNSERVED;
                application(service.name, { deployment, service, secrets }, { parent: this });
            } else if (isOf(JOB)(service)) {
                const served = rendered.get(service.name) ?? UNSERVED;
                const data = numbersOf(service, own, stores);
                productJob(service.name, { deployment, service, ...served, data }, { parent: this });
            }
        }
        this.registerOutputs({});
    }

    private startAgent(
        deployment: Deployment,
        service: ServiceOf<typeof VAULT_AGENT>,
        served: Service | undefined,
        { logins, renderInterval }: AgentSettings,
    ): Served {
        const login = logins.get(served?.name ?? "");
        if (served === undefined || login === undefined) {
            throw new pulumi.ResourceError(`${service.name}: there is no service or no login for it`, this);
        }
        const options = { parent: this };
        const secrets = secretsVolume(deployment, served, options);
        const args = { deployment, service, application: served, login, renderInterval, secrets };
        const { container } = agent(service.name, args, options);
        return { secrets: renderedByAgent(service.spec, secrets), agent: container };
    }
}

/** Numbers of the data in the stores that a service logs in to. */
function numbersOf(
    { name }: Service,
    own: readonly Service[],
    stores: ReadonlyMap<string, Store>,
): pulumi.Output<string>[] {
    const servers = loginsOf(own).flatMap(({ client, server }) => (client === name ? [server] : []));
    return [...new Set(servers)].flatMap((server) => stores.get(server)?.identity ?? []);
}
