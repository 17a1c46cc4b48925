import type * as docker from "@pulumi/docker";

import { isOnly, urlSettings } from "../../model/logins";
import { connectionUrl, type StoreCredential } from "../foundation";
import { VAULT_ADDRESS } from "../identity/vault-agent/config";
import { RENDERED_SECRETS, TOKEN_FILE, type VaultAgentSpec } from "../identity/vault-agent/kind";
import { FILES, type ServiceFile } from "../lib/files";
import type { SharedVolume } from "../lib/service";

/** How an application gets its secrets, whoever writes them. */
export interface SecretFiles {
    /** Plain settings that say where the files are. */
    readonly environment: Readonly<Record<string, string>>;
    /** Files that the program writes. */
    readonly files: readonly ServiceFile[];
    /** Volumes that somebody else writes. */
    readonly shared: readonly SharedVolume[];
}

/** Without `strata:identity.vault`: the URLs of its stores, written by the program. */
export function writtenByProgram(credentials: readonly StoreCredential[]): SecretFiles {
    const directory = `${FILES}/secrets`;
    const files = credentials.map((credential) => {
        const { kind, store } = credential;
        const name = isOnly(kind, credentials) ? kind : `${kind}-${store}`;
        return { kind, store, url: connectionUrl(credential), name };
    });
    return {
        environment: {
            SECRETS_DIR: directory,
            ...urlSettings(files.map(({ kind, store, name }) => ({ kind, store, file: `${directory}/${name}` }))),
        },
        files: files.map(({ name, url }) => ({ path: `secrets/${name}`, content: url })),
        shared: [],
    };
}

/** With it: everything that the service may read, rendered by its agent. */
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
        files: [],
        shared: [{ volume, target: RENDERED_SECRETS, readOnly: true }],
    };
}
