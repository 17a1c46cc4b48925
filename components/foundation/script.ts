import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { containerName } from "../../model/names";
import type { Deployment } from "../hardening/deployment";
import type { Service } from "../hardening/service";

/** Inputs for {@link applyScript}. */
export interface ScriptArgs {
    readonly deployment: Deployment;
    readonly service: Service;
    /** Name of the service. */
    readonly server: string;
    /** Program of the image that reads the script from its standard input, with its arguments. */
    readonly client: string;
    /** Environment of the client. @default none */
    readonly environment?: string;
    /** A script that can be applied any number of times. Always secret: it may contain passwords. */
    readonly script: pulumi.Input<string>;
    /** Numbers of data that the server keeps elsewhere ({@link DatabaseServer.identity}). @default none */
    readonly data?: readonly pulumi.Input<string>[];
}

/**
 * Applies a script inside a server's container: once, and again when the script changes or the server's data may be new.
 */
export function applyScript(name: string, args: ScriptArgs, parent: pulumi.Resource): local.Command {
    const { deployment, service, server, client, environment, script, data = [] } = args;
    const container = containerName(deployment.platform.environment, server);
    const variables = environment === undefined ? "" : ` -e "${environment}"`;
    return new local.Command(
        name,
        {
            create: `docker exec -i${variables} ${container} ${client}`,
            // Passwords travel on standard input: other users of the machine can read arguments and environment variables.
            stdin: pulumi.secret(script),
            environment: deployment.dockerVariables,
            // A server's own data is only ever new together with a new container: the engine removes no volume that a container mounts.
            triggers: [service.container.id, ...data],
            addPreviousOutputInEnv: false,
            logging: "none",
        },
        { parent, dependsOn: service.container, additionalSecretOutputs: ["stdout", "stderr"] },
    );
}
