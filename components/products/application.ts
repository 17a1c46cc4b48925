import type * as pulumi from "@pulumi/pulumi";

import type { Platform, Service as ServiceModel } from "../../model/platform";
import type { StoreCredential } from "../foundation";
import type { Deployment } from "../lib/deployment";
import { FILES } from "../lib/files";
import { Service } from "../lib/service";

/** Inputs for {@link application}. */
export interface ApplicationArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    /** Store logins of this service. */
    readonly credentials: readonly StoreCredential[];
    /** What must be healthy before it starts. */
    readonly after: readonly pulumi.Resource[];
}

/** Unprivileged id that no image of ours or of the stores uses. */
const USER = "10001:10001";

/**
 * A product's own service. It learns where things are from its environment and finds every secret in a file:
 * `PORT`, `UPSTREAMS` (`name=url,...`), `SECRETS_DIR`, and `POSTGRES_URL_FILE` and `REDIS_URL_FILE` for its stores.
 */
export function application(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions): Service {
    const { deployment, service, credentials, after } = args;
    const secrets = `${FILES}/secrets`;
    const storeFile = (kind: string): string | undefined =>
        credentials.find(({ file }) => file === kind || file.startsWith(`${kind}-`))?.file;
    const postgres = storeFile("postgres");
    const redis = storeFile("redis");
    return new Service(
        name,
        {
            deployment,
            service,
            user: USER,
            after,
            environment: {
                ENVIRONMENT: deployment.platform.environment,
                PRODUCT: service.product,
                SERVICE: service.name,
                UPSTREAMS: upstreams(deployment.platform, service.name),
                SECRETS_DIR: secrets,
                ...(postgres && { POSTGRES_URL_FILE: `${secrets}/${postgres}` }),
                ...(redis && { REDIS_URL_FILE: `${secrets}/${redis}` }),
            },
            files: credentials.map(({ file, url }) => ({ path: `secrets/${file}`, content: url })),
        },
        opts,
    );
}

/** The applications that a service may call, as `name=url` pairs: exactly its declared flows. */
function upstreams(platform: Platform, service: string): string {
    return platform.flows
        .filter(({ from }) => from === service)
        .filter(({ to }) => platform.services.some(({ name, kind }) => name === to && kind === "application"))
        .map(({ to, port }) => `${to}=http://${to}:${port}`)
        .join(",");
}
