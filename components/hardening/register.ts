import type * as pulumi from "@pulumi/pulumi";

/**
 * What is ready, by the name of its service: the one place where the order in which services start becomes dependencies. Services
 * are made in that order, so whatever one waits for is here before it.
 */
export class Register {
    private readonly ready = new Map<string, pulumi.Resource>();

    /**
     * @param resource - others wait for it: the container, or what follows from it, such as the databases of a server
     */
    set(service: string, resource: pulumi.Resource): void {
        this.ready.set(service, resource);
    }

    /** @throws Error for a service that nobody has made: it would be waited for by nobody */
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
