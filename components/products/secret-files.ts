import type * as docker from "@pulumi/docker";

import { storeSettings } from "../../model/logins";
import { VAULT_ADDRESS } from "../foundation/vault/kind";
import { TOKEN_FILE } from "../../model/secrets/delivery";
import { RENDERED_SECRETS, type VaultAgentSpec } from "../identity/vault-agent/kind";
import type { SharedVolume } from "../hardening/container";

/** How an application finds its secrets. */
export interface SecretFiles {
    /** Plain settings that say where the files are. */
    readonly environment: Readonly<Record<string, string>>;
    /** The volume with the files. */
    readonly shared: readonly SharedVolume[];
}

/** For an application without secrets. */
export const NO_SECRETS: SecretFiles = { environment: {}, shared: [] };

/** The secrets that an application may read, rendered by its agent. */
export function renderedByAgent({ deliveries, handsToken }: VaultAgentSpec, volume: docker.Volume): SecretFiles {
    const logins = deliveries.flatMap(({ login, file }) =>
        login === undefined ? [] : [{ ...login, file: `${RENDERED_SECRETS}/${file}` }],
    );
    return {
        environment: {
            SECRETS_DIR: RENDERED_SECRETS,
            ...storeSettings(logins),
            ...(handsToken && { VAULT_ADDR: VAULT_ADDRESS, VAULT_TOKEN_FILE: `${RENDERED_SECRETS}/${TOKEN_FILE}` }),
        },
        shared: [{ volume, target: RENDERED_SECRETS, readOnly: true }],
    };
}
