import type * as pulumi from "@pulumi/pulumi";

import type { Platform, Service as ServiceModel } from "../../model/platform";
import type { Deployment } from "../lib/deployment";
import { Service } from "../lib/service";
import { processOf } from "./reload";
import type { SecretFiles } from "./secret-files";

/** Inputs for {@link application}. */
export interface ApplicationArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    readonly secrets: SecretFiles;
    /** What must be healthy before it starts. */
    readonly after: readonly pulumi.Resource[];
}

/**
 * A product's own service. It learns where things are from its environment and finds every secret in a file:
 * `PORT`, `UPSTREAMS` (`name=url,...`), `SECRETS_DIR`, and `POSTGRES_URL_FILE` and `REDIS_URL_FILE` for its stores. One that
 * encrypts with Vault also has `VAULT_ADDR` and `VAULT_TOKEN_FILE`.
 */
export function application(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions): Service {
    const { deployment, service, secrets, after } = args;
    const { files, ...process } = processOf(service, secrets.shared.length > 0);
    return new Service(
        name,
        {
            deployment,
            service,
            after,
            environment: {
                ENVIRONMENT: deployment.platform.environment,
                PRODUCT: service.product,
                SERVICE: service.name,
                UPSTREAMS: upstreams(deployment.platform, service.name),
                ...secrets.environment,
            },
            ...process,
            files: [...secrets.files, ...files],
            shared: secrets.shared,
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
