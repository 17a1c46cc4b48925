/** The gate before everything inside a Vault with operators: resources inside wait until the operators have unsealed it. */

import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { containerName } from "../../../model/names";
import { OPERATORS_GATE, OPERATORS_WAITED_FOR, PROVISIONER_LOGIN } from "../../../model/vault-names";
import type { VaultServerName } from "../../../model/stack-config";
import { VAULT, VAULT_SERVERS } from "../../foundation/vault/kind";
import type { VaultLogin } from "../../foundation/vault";
import { FILES } from "../../hardening/files";

/** Inputs for {@link operatorsGate}. */
export interface OperatorsGateArgs {
    readonly environment: string;
    readonly server: VaultServerName;
    /** Address of Vault's API on the engine's host. */
    readonly address: string;
    readonly login: VaultLogin;
    /** Vault's container. A new container starts sealed. */
    readonly container: pulumi.Resource & { readonly id: pulumi.Output<string> };
}

/**
 * Fails until the operators have unsealed Vault and handed it over to the program, and prints the commands for that. The
 * command runs again whenever Vault has a new container.
 */
export function operatorsGate(args: OperatorsGateArgs, opts: pulumi.CustomResourceOptions): local.Command {
    const { address, login, container } = args;
    const { sealed, closed } = operatorsLines(args);
    return new local.Command(
        OPERATORS_GATE,
        {
            create: "node components/identity/vault-configuration/ask-login.mjs",
            // The container's id is an input, not a trigger: a changed input runs the command again without replacing it.
            stdin: pulumi.secret(
                pulumi.jsonStringify({
                    url: `${address}/v1/auth/${PROVISIONER_LOGIN}/login`,
                    login: { role_id: login.roleId, secret_id: login.secretId },
                    server: container.id,
                    sealed,
                    closed,
                }),
            ),
            addPreviousOutputInEnv: false,
            logging: "none",
        },
        { ...opts, additionalSecretOutputs: ["stdout", "stderr"] },
    );
}

/** The messages about a Vault that does not accept the program yet: one for a sealed Vault, one for an open Vault. */
export function operatorsLines({ environment, server }: Pick<OperatorsGateArgs, "environment" | "server">): {
    readonly sealed: readonly string[];
    readonly closed: readonly string[];
} {
    const { program, data } = VAULT_SERVERS[server];
    const name = containerName(environment, VAULT);
    const handOver = `  docker exec -it ${name} sh -c '${program} login -no-print && sh ${FILES}/provision.sh'`;
    return {
        sealed: [
            `${OPERATORS_WAITED_FOR}: it is sealed. What was built stays. Open it:`,
            `  docker exec ${name} cat ${data}/seal/init.json`,
            "  echo <share> | base64 -d | gpg -dq",
            `  docker exec -it ${name} ${program} operator unseal`,
            "and after the first opening, once:",
            handOver,
        ],
        closed: [
            `${OPERATORS_WAITED_FOR}: it is open and does not let the program in. What was built stays. Hand it over:`,
            handOver,
            'or, if that was done before: "Locked out" in docs/vault.md',
        ],
    };
}
