import * as pulumi from "@pulumi/pulumi";

import type { Service as ServiceModel } from "../../model/platform";
import { asksVault, deliveriesOf } from "../../model/secrets/delivery";
import { type Foundation, Postgres, Redis, type StoreCredential } from "../foundation";
import type { ServiceLogin } from "../identity/vault";
import type { Deployment } from "../lib/deployment";
import type { Service } from "../lib/service";
import { agent, secretsVolume } from "./agent";
import { application } from "./application";
import { renderedByAgent, type SecretFiles, writtenByProgram } from "./secret-files";

/** Inputs for {@link ProductServices}. */
export interface ProductServicesArgs {
    readonly deployment: Deployment;
    readonly foundation: Foundation;
    /** The product's name. */
    readonly product: string;
    /** Vault makes logins for the product's Postgres servers. @default false */
    readonly managed?: boolean;
}

/** What agents need of a configured Vault. */
export interface AgentSettings {
    /** By application. */
    readonly logins: ReadonlyMap<string, ServiceLogin>;
    /** Seconds between two looks at a value that has no lease. */
    readonly renderInterval: number;
}

/**
 * Everything a product runs, in two steps: its stores with the component, its applications with {@link startApplications}.
 * Between the two Vault learns to make logins for the stores.
 */
export class ProductServices extends pulumi.ComponentResource {
    /** Postgres servers by service name. */
    public readonly postgres: ReadonlyMap<string, Postgres>;
    /** Every login of a client to a store. */
    public readonly credentials: readonly StoreCredential[];
    private readonly deployment: Deployment;
    /** What "healthy" waits for, by service name. */
    private readonly ready: Map<string, pulumi.Resource>;
    private readonly own: readonly ServiceModel[];

    constructor(name: string, args: ProductServicesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductServices", name, {}, opts);

        const { deployment, foundation, product, managed = false } = args;
        this.deployment = deployment;
        this.own = deployment.platform.services.filter((service) => service.product === product);
        this.ready = new Map([["vault", foundation.vault.service.container]]);
        const postgres = new Map<string, Postgres>();
        const credentials: StoreCredential[] = [];
        for (const service of this.own) {
            if (service.kind === "postgres") {
                const server = new Postgres(service.name, { deployment, service, managed }, { parent: this });
                postgres.set(service.name, server);
                credentials.push(...server.credentials);
                this.ready.set(service.name, server.databases);
            } else if (service.kind === "redis") {
                const server = new Redis(service.name, { deployment, service }, { parent: this });
                credentials.push(...server.credentials);
                this.ready.set(service.name, server.service.container);
            }
        }
        this.postgres = postgres;
        this.credentials = credentials;
        this.registerOutputs({});
    }

    /**
     * Starts the agents and applications, in the order in which they need each other.
     *
     * @param agents - with them every secret comes from an agent. @default - the program writes the URLs of the stores
     */
    startApplications(agents?: AgentSettings): void {
        /** Secrets of applications that have an agent, by application. */
        const rendered = new Map<string, SecretFiles>();
        // The platform lists services after all that they wait for.
        for (const service of this.own) {
            const built =
                service.kind === "vault-agent"
                    ? this.startAgent(service, agents, rendered)
                    : service.kind === "application"
                      ? this.startApplication(service, rendered.get(service.name))
                      : undefined;
            if (built !== undefined) {
                this.ready.set(service.name, built.container);
            }
        }
    }

    private startAgent(
        service: ServiceModel,
        agents: AgentSettings | undefined,
        rendered: Map<string, SecretFiles>,
    ): Service {
        const { deployment } = this;
        const { secrets = [], services } = deployment.platform;
        const beside = this.own.find(({ name }) => name === service.beside);
        const login = agents?.logins.get(beside?.name ?? "");
        if (agents === undefined || beside === undefined || login === undefined) {
            throw new pulumi.ResourceError(`${service.name}: there is no application or no login for it`, this);
        }
        const options = { parent: this };
        const volume = secretsVolume(deployment, beside, options);
        const handsToken = asksVault(secrets, beside.name);
        rendered.set(beside.name, renderedByAgent(deliveriesOf(secrets, services, beside), volume, handsToken));
        const { renderInterval } = agents;
        const databases = beside.after.flatMap((store) => this.postgres.get(store)?.databases ?? []);
        return agent(
            service.name,
            { deployment, service, application: beside, login, renderInterval, secrets: volume, databases },
            options,
        );
    }

    private startApplication(service: ServiceModel, rendered: SecretFiles | undefined): Service {
        const { deployment } = this;
        const credentials = this.credentials.filter(({ client }) => client === service.name);
        const secrets = rendered ?? writtenByProgram(credentials);
        const after = service.after.flatMap((earlier) => this.ready.get(earlier) ?? []);
        return application(service.name, { deployment, service, secrets, after }, { parent: this });
    }
}
