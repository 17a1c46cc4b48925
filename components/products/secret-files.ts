import type * as docker from "@pulumi/docker";

import { urlSettings } from "../../model/logins";
import { VAULT_ADDRESS } from "../identity/vault-agent/config";
import { TOKEN_FILE } from "../../model/secrets/delivery";
import { RENDERED_SECRETS, type VaultAgentSpec } from "../identity/vault-agent/kind";
import type { SharedVolume } from "../hardening/service";

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
    const urls = deliveries.flatMap(({ login, file }) =>
        login === undefined ? [] : [{ ...login, file: `${RENDERED_SECRETS}/${file}` }],
    );
    return {
        environment: {
            SECRETS_DIR: RENDERED_SECRETS,
            ...urlSettings(urls),
            ...(handsToken && { VAULT_ADDR: VAULT_ADDRESS, VAULT_TOKEN_FILE: `${RENDERED_SECRETS}/${TOKEN_FILE}` }),
        },
        shared: [{ volume, target: RENDERED_SECRETS, readOnly: true }],
    };
}
