import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import type { VaultLogin } from "../../foundation/vault";

/**
 * The Vault provider. Its address is plain data, so that a first preview shows the whole plan, and a new container of Vault
 * changes nothing inside Vault. It logs in for each run and uses that token itself: a child token would end after twenty
 * minutes, and all leases of the token with it.
 */
export function vaultProvider(
    name: string,
    address: string,
    login: VaultLogin,
    parent: pulumi.Resource,
): vault.Provider {
    return new vault.Provider(
        name,
        {
            address,
            authLogin: {
                path: "auth/approle/login",
                parameters: pulumi.secret({ role_id: login.roleId, secret_id: login.secretId }),
            },
            skipChildToken: true,
            skipTlsVerify: false,
            maxRetries: 4,
        },
        { parent },
    );
}
