import type * as docker from "@pulumi/docker";

import { type Delivery, RENDERED_SECRETS, TOKEN_FILE } from "../../model/secrets/delivery";
import { urlSettings } from "../../model/store-logins";
import type { StoreCredential } from "../foundation";
import { FILES, type ServiceFile } from "../lib/files";
import type { SharedVolume } from "../lib/service";
import { VAULT_ADDRESS } from "./agent-config";

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
    const files = credentials.map(({ kind, store, url }) => {
        const alone = credentials.filter((other) => other.kind === kind).length === 1;
        return { kind, store, url, name: alone ? kind : `${kind}-${store}` };
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
export function renderedByAgent(
    deliveries: readonly Delivery[],
    volume: docker.Volume,
    handsToken: boolean,
): SecretFiles {
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
