import type * as pulumi from "@pulumi/pulumi";

/**
 * The resources that services wait for, by the name of their service. Only here does the order in which services start
 * become dependencies. Services are created in that order, so every resource is registered before another service asks for
 * it.
 */
export class Register {
    private readonly ready = new Map<string, pulumi.Resource>();

    /**
     * @param resource - the resource that other services wait for: the container, or a later one, such as the databases of a server
     */
    set(service: string, resource: pulumi.Resource): void {
        this.ready.set(service, resource);
    }

    /** @throws Error for a service that was not created: no service would wait for it */
    of(services: readonly string[]): pulumi.Resource[] {
        return services.map((service) => {
            const resource = this.ready.get(service);
            if (resource === undefined) {
                throw new Error(`${service} is waited for, and nothing has made it`);
            }
            return resource;
        });
    }

    /** @throws Error with the names of services of the platform that nothing has made */
    expectAll(services: readonly string[]): void {
        const missing = services.filter((service) => !this.ready.has(service));
        if (missing.length > 0) {
            throw new Error(`services of the platform that nothing makes: ${missing.join(", ")}`);
        }
    }
}
