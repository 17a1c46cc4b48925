import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { EngineConnection } from "../model/engine-host";

/** ssh options: a remote engine receives every secret of the stack, so its host key must be known. */
const KNOWN_HOSTS_ONLY = ["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=~/.ssh/known_hosts"];

/**
 * The explicit providers. Default providers are off: with them, a resource without a provider would silently go to the
 * default engine.
 */
export function explicitProviders({ host, certPath }: EngineConnection): pulumi.ProviderResource[] {
    return [
        new docker.Provider("docker", { host, ...(certPath !== undefined && { certPath }), sshOpts: KNOWN_HOSTS_ONLY }),
        new command.Provider("command"),
        new random.Provider("random"),
    ];
}
