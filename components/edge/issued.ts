import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** A certificate and its key in PEM form. */
export interface Issued {
    readonly certificate: string;
    readonly key: string;
    /** ISO 8601. */
    readonly ends: string;
}

/**
 * Makes a certificate once; it is stored in the encrypted state.
 *
 * @param create - a call of `certificates.mjs`
 * @param stdin - what it reads. @default nothing
 * @returns always secret
 */
export function makeCertificate(
    name: string,
    create: string,
    stdin: pulumi.Input<string> | undefined,
    options: pulumi.CustomResourceOptions,
): pulumi.Output<Issued> {
    const command = new local.Command(
        name,
        {
            create,
            ...(stdin !== undefined && { stdin }),
            addPreviousOutputInEnv: false,
            logging: "none",
        },
        { ...options, additionalSecretOutputs: ["stdout", "stderr"] },
    );
    return pulumi.secret(command.stdout.apply((text) => JSON.parse(text) as Issued));
}
