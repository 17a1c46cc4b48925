import type * as docker from "@pulumi/docker";

import { type Delivery, RENDERED_SECRETS, type StoreKind, TOKEN_FILE } from "../../model/secrets/delivery";
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
    const names = credentials.map(({ file }) => file);
    return {
        environment: settings(directory, (store) =>
            names.find((file) => file === store || file.startsWith(`${store}-`)),
        ),
        files: credentials.map(({ file, url }) => ({ path: `secrets/${file}`, content: url })),
        shared: [],
    };
}

/** With it: everything that the service may read, rendered by its agent. */
export function renderedByAgent(
    deliveries: readonly Delivery[],
    volume: docker.Volume,
    handsToken: boolean,
): SecretFiles {
    return {
        environment: {
            ...settings(RENDERED_SECRETS, (wanted) => deliveries.find(({ store }) => store === wanted)?.file),
            ...(handsToken && { VAULT_ADDR: VAULT_ADDRESS, VAULT_TOKEN_FILE: `${RENDERED_SECRETS}/${TOKEN_FILE}` }),
        },
        files: [],
        shared: [{ volume, target: RENDERED_SECRETS, readOnly: true }],
    };
}

function settings(directory: string, fileOf: (store: StoreKind) => string | undefined): Record<string, string> {
    const [postgres, redis] = [fileOf("postgres"), fileOf("redis")];
    return {
        SECRETS_DIR: directory,
        ...(postgres && { POSTGRES_URL_FILE: `${directory}/${postgres}` }),
        ...(redis && { REDIS_URL_FILE: `${directory}/${redis}` }),
    };
}
