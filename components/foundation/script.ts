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
    /** Can be applied any number of times. Always secret: it has passwords in it. */
    readonly script: pulumi.Input<string>;
}

/** Applies a script inside a server's container: once, again when the script changes, and again when the server's data may be new. */
export function applyScript(name: string, args: ScriptArgs, parent: pulumi.Resource): local.Command {
    const { deployment, service, server, client, environment, script } = args;
    const container = containerName(deployment.platform.environment, server);
    const variables = environment === undefined ? "" : ` -e "${environment}"`;
    return new local.Command(
        name,
        {
            create: `docker exec -i${variables} ${container} ${client}`,
            // Passwords travel on standard input: arguments and environment can be read by others.
            stdin: pulumi.secret(script),
            environment: deployment.dockerVariables,
            // Data can only be new behind a new container: the engine removes no volume that a container mounts.
            triggers: [service.container.id],
            addPreviousOutputInEnv: false,
            logging: "none",
        },
        { parent, dependsOn: service.container, additionalSecretOutputs: ["stdout", "stderr"] },
    );
}
