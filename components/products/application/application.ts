import type * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import type { Deployment } from "../../hardening/deployment";
import { Service } from "../../hardening/service";
import { programSettings } from "../program-settings";
import type { SecretFiles } from "../secret-files";
import { processOf } from "./reload";

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
 * `UPSTREAMS` (`name=url,...`), `SECRETS_DIR`, and for its stores `POSTGRES_URL_FILE`, `AWS_SHARED_CREDENTIALS_FILE` and the
 * like. A service that encrypts with Vault also has `VAULT_ADDR` and `VAULT_TOKEN_FILE`.
 */
export function application(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions): Service {
    const { deployment, service, secrets } = args;
    const { files, ...process } = processOf(service.spec, secrets.shared.length > 0);
    return new Service(
        name,
        {
            deployment,
            service,
            environment: programSettings(deployment.platform, service, secrets),
            ...process,
            files,
            shared: secrets.shared,
            ...(service.instances && { stopTimeout: service.instances.drain + LAST_REQUESTS }),
        },
        opts,
    );
}
