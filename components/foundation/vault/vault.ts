import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Service as ServiceModel } from "../../../model/platform";
import type { Deployment } from "../../lib/deployment";
import { FILES, type ServiceFile } from "../../lib/files";
import { Service } from "../../lib/service";
import { keeperScript, PROVISION_SH, PROVISIONER_HCL, RUN_SH, type Seal, SERVER_HCL } from "./files";

/** Inputs for {@link Vault}. */
export interface VaultArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    readonly seal: Seal;
}

/** How the program logs in to configure Vault. */
export interface VaultLogin {
    readonly roleId: string;
    /** Always secret. */
    readonly secretId: pulumi.Output<string>;
}

/**
 * A Vault server that initialises itself, audits from the start and gives up its root token once the program has an
 * identity of its own. Keys never leave the container: Pulumi knows the provisioner's secret-id and nothing else.
 */
export class Vault extends pulumi.ComponentResource {
    public readonly service: Service;
    /** AppRole login of the program. */
    public readonly provisioner: VaultLogin;

    constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Vault", name, {}, opts);

        const { deployment, service, seal } = args;
        const secretId = new random.RandomPassword(
            `${name}-provisioner`,
            { length: 48, special: false },
            { parent: this },
        ).result;
        const files: ServiceFile[] = [
            { path: "run.sh", content: RUN_SH },
            { path: "keeper.sh", content: keeperScript(seal) },
            { path: "provision.sh", content: PROVISION_SH },
            { path: "vault.hcl", content: SERVER_HCL },
            { path: "provisioner.hcl", content: PROVISIONER_HCL },
            { path: "secrets/provisioner", content: secretId },
            ...(seal.kind === "operators"
                ? seal.pgpKeys.map((key, index) => ({ path: `pgp/${index + 1}.asc`, content: key }))
                : []),
        ];
        this.service = new Service(
            name,
            {
                deployment,
                service,
                user: "100:1000",
                entrypoint: ["sh", `${FILES}/run.sh`],
                environment: { HOME: "/tmp", SKIP_SETCAP: "1", VAULT_ADDR: "http://127.0.0.1:8200" },
                files,
                data: "/vault/file",
                // The image declares a volume at /vault/logs: without this each container would leave an unnamed one.
                tmpfs: { "/tmp": 16, "/vault/logs": 1 },
                stopTimeout: 30,
            },
            { parent: this },
        );
        this.provisioner = { roleId: "provisioner", secretId: pulumi.secret(secretId) };
        this.registerOutputs({});
    }
}
