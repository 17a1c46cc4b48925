import * as pulumi from "@pulumi/pulumi";

import type { Service as ServiceModel } from "../../model/platform";
import { type Foundation, Postgres, Redis, type StoreCredential } from "../foundation";
import type { Deployment } from "../lib/deployment";
import type { Service } from "../lib/service";
import { application } from "./application";

/** Inputs for {@link ProductServices}. */
export interface ProductServicesArgs {
    readonly deployment: Deployment;
    readonly foundation: Foundation;
    /** The product's name. */
    readonly product: string;
    /** Vault makes logins for the product's Postgres servers. @default false */
    readonly managed?: boolean;
}

/** Everything a product runs: its stores first, then its services in the order in which they need each other. */
export class ProductServices extends pulumi.ComponentResource {
    /** By service name. */
    public readonly services: ReadonlyMap<string, Service>;
    /** Postgres servers by service name. */
    public readonly postgres: ReadonlyMap<string, Postgres>;
    /** Every login of a client to a store. */
    public readonly credentials: readonly StoreCredential[];

    constructor(name: string, args: ProductServicesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:products:ProductServices", name, {}, opts);

        const { deployment, foundation, product, managed = false } = args;
        const own = deployment.platform.services.filter((service) => service.product === product);
        const credentials: StoreCredential[] = [];
        /** What "healthy" waits for, by service name. */
        const ready = new Map<string, pulumi.Resource>([["vault", foundation.vault.service.container]]);
        const services = new Map<string, Service>();
        const servers = new Map<string, Postgres>();

        // The platform lists services after all that they wait for.
        for (const service of own) {
            const after = service.after.flatMap((earlier) => ready.get(earlier) ?? []);
            const built = this.build(service, deployment, credentials, after, managed);
            services.set(service.name, built.service);
            ready.set(service.name, built.ready);
            credentials.push(...built.credentials);
            if (built.postgres !== undefined) {
                servers.set(service.name, built.postgres);
            }
        }
        this.services = services;
        this.postgres = servers;
        this.credentials = credentials;
        this.registerOutputs({});
    }

    private build(
        service: ServiceModel,
        deployment: Deployment,
        credentials: readonly StoreCredential[],
        after: readonly pulumi.Resource[],
        managed: boolean,
    ): {
        service: Service;
        ready: pulumi.Resource;
        credentials: readonly StoreCredential[];
        postgres?: Postgres;
    } {
        const options = { parent: this };
        switch (service.kind) {
            case "postgres": {
                const postgres = new Postgres(service.name, { deployment, service, managed }, options);
                return {
                    service: postgres.service,
                    ready: postgres.databases,
                    credentials: postgres.credentials,
                    postgres,
                };
            }
            case "redis": {
                const redis = new Redis(service.name, { deployment, service }, options);
                return { service: redis.service, ready: redis.service.container, credentials: redis.credentials };
            }
            case "application": {
                const own = credentials.filter(({ client }) => client === service.name);
                const app = application(service.name, { deployment, service, credentials: own, after }, options);
                return { service: app, ready: app.container, credentials: [] };
            }
            default:
                throw new pulumi.ResourceError(
                    `${service.name}: a product cannot have a service of kind ${service.kind}`,
                    this,
                );
        }
    }
}
