import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Service as ServiceModel } from "../../../model/platform";
import type { VaultConfig } from "../../../model/stack-config";
import { entranceOf } from "../../identity/vault-configuration/entrance";
import { PROVISIONER } from "../../../model/vault-names";
import { sealWarning, VAULT_SERVERS } from "./servers";
import type { Deployment } from "../../hardening/deployment";
import { FILES, type ServiceFile } from "../../hardening/files";
import { Service } from "../../hardening/service";
import { DIALECTS } from "./dialect";
import { PROVISIONER_HCL } from "./files";

/** Inputs for {@link Vault}. */
export interface VaultArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    readonly vault: VaultConfig;
}

/** The program's login for configuring Vault. */
export interface VaultLogin {
    readonly roleId: string;
    /** Always secret. */
    readonly secretId: pulumi.Output<string>;
}

/**
 * A server that speaks Vault's API (HashiCorp's or OpenBao). It initialises itself, audits from the start and gives up its
 * root token once the program has an identity of its own. Keys never leave the container: Pulumi knows the provisioner's
 * secret-id and nothing else.
 */
export class Vault extends pulumi.ComponentResource {
    public readonly service: Service;
    /** AppRole login of the program. */
    public readonly provisioner: VaultLogin;

    constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Vault", name, {}, opts);

        const { deployment, service, vault } = args;
        const warning = sealWarning(deployment.platform.environment, vault);
        if (warning !== undefined) {
            void pulumi.log.warn(warning, this);
        }
        const dialect = DIALECTS[vault.server];
        const secretId = new random.RandomPassword(
            `${name}-provisioner`,
            { length: 48, special: false },
            { parent: this },
        ).result;
        const files: ServiceFile[] = [
            ...Object.entries(dialect.files({ seal: vault.seal, sources: entranceOf(deployment.platform) })).map(
                ([path, content]) => ({ path, content }),
            ),
            { path: "provisioner.hcl", content: PROVISIONER_HCL },
            { path: "secrets/provisioner", content: secretId },
            ...(vault.seal.kind === "operators"
                ? vault.seal.pgpKeys.map((key, index) => ({ path: `pgp/${index + 1}.asc`, content: key }))
                : []),
        ];
        this.service = new Service(
            name,
            {
                deployment,
                service,
                user: dialect.user,
                entrypoint: ["sh", `${FILES}/run.sh`],
                environment: dialect.environment,
                files,
                data: VAULT_SERVERS[vault.server].data,
                tmpfs: dialect.tmpfs,
                stopTimeout: 30,
            },
            { parent: this },
        );
        this.provisioner = { roleId: PROVISIONER, secretId: pulumi.secret(secretId) };
        this.registerOutputs({});
    }
}
