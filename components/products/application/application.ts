import type * as pulumi from "@pulumi/pulumi";

import type { Platform, ServiceOf } from "../../../model/platform";
import { hasRole } from "../../kinds";
import type { Deployment } from "../../hardening/deployment";
import { Service } from "../../hardening/service";
import { processOf } from "./reload";
import type { SecretFiles } from "../secret-files";

/** Inputs for {@link application}. */
export interface ApplicationArgs {
    readonly deployment: Deployment;
    readonly service: ServiceOf<"application">;
    readonly secrets: SecretFiles;
}

/** Seconds for a replica to finish its requests once it takes no new ones. */
const LAST_REQUESTS = 10;

/**
 * A product's own service. Its environment tells it the addresses of other services, and every secret is a file: `PORT`,
 * `UPSTREAMS` (`name=url,...`), `SECRETS_DIR`, and `POSTGRES_URL_FILE` and `REDIS_URL_FILE` for its stores. A service that
 * encrypts with Vault also has `VAULT_ADDR` and `VAULT_TOKEN_FILE`.
 */
export function application(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions): Service {
    const { deployment, service, secrets } = args;
    const { files, ...process } = processOf(service.spec, secrets.shared.length > 0);
    return new Service(
        name,
        {
            deployment,
            service,
            environment: {
                ENVIRONMENT: deployment.platform.environment,
                PRODUCT: service.product,
                SERVICE: service.name,
                UPSTREAMS: upstreams(deployment.platform, service.name),
                ...secrets.environment,
            },
            ...process,
            files,
            shared: secrets.shared,
            ...(service.instances && { stopTimeout: service.instances.drain + LAST_REQUESTS }),
        },
        opts,
    );
}

/** The applications that a service may call, as `name=url` pairs: exactly its declared flows. */
function upstreams(platform: Platform, service: string): string {
    return platform.flows
        .filter(({ from }) => from === service)
        .filter(({ to }) => platform.services.some((other) => other.name === to && hasRole(other, "application")))
        .map(({ to, port }) => `${to}=http://${to}:${port}`)
        .join(",");
}
