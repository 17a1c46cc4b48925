/**
 * Facts of the servers that speak Vault's API, for the model. The files with which they start are in one file per server
 * beside this one. No other code asks which server runs.
 */

import { isThrowaway } from "../../../model/environments";
import type { ImageName } from "../../../model/images";
import type { VaultConfig, VaultSeal, VaultServerName } from "../../../model/stack-config";

export const VAULT_PORT = 8200;

/** Address of the server for programs in its own container. */
export const VAULT_INSIDE = `http://127.0.0.1:${VAULT_PORT}`;

/** Facts of an image that other services and the command line need. */
export interface VaultServerFacts {
    readonly image: ImageName;
    /** The server's own program; it is also the client. */
    readonly program: string;
    /** Path of the volume with all of the server's data. */
    readonly data: string;
}

export const VAULT_SERVERS: Readonly<Record<VaultServerName, VaultServerFacts>> = {
    vault: { image: "vault", program: "vault", data: "/vault/file" },
    openbao: { image: "openbao", program: "bao", data: "/openbao/file" },
};

/** File that exists in the server's container once the operators have their keys. */
function initialisedMarker(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal/initialised`;
}

/** File that exists in the server's container once the program can log in and no root token is left. */
export function provisionedMarker(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal/provisioned`;
}

/** Command that asks a server, in its own container, about its seal. @param program - of the server */
export function sealCommand(program: string): readonly [program: string, ...args: string[]] {
    return [program, "status", "-format=json", `-address=${VAULT_INSIDE}`];
}

/** Folder with the files of a server's seal. */
export function sealFolder(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal`;
}

/**
 * Whether the files of {@link sealFolder} belong to a kind of seal: with a local seal the folder contains a key, with
 * operators it does not.
 */
export function isSealedBy(kind: VaultSeal["kind"], files: readonly string[]): boolean {
    return files.includes("key") === (kind === "local");
}

/**
 * Health check of a server. `status` ends with 0 when unsealed, 2 when sealed or not yet initialised, 1 when unknown. A
 * server with a local seal must be unsealed. A server that is initialised and waits for its operators counts as healthy,
 * because it must not hold up the rest.
 *
 * The program configures the server, so the check waits for the identity that the program logs in with. An OpenBao that
 * initialises itself begins anew when it is started without the marker of that identity, so no client may use it before.
 *
 * @param port - of its API
 */
export function vaultTest({ server, seal }: Pick<VaultConfig, "server" | "seal">, port: number): readonly string[] {
    const status = `${VAULT_SERVERS[server].program} status -address=http://127.0.0.1:${port}`;
    return seal.kind === "local"
        ? ["CMD-SHELL", `${status} >/dev/null && test -e ${provisionedMarker(server)}`]
        : ["CMD-SHELL", `${status} >/dev/null; [ $? -ne 1 ] && test -e ${initialisedMarker(server)}`];
}

/** The warning for a local seal outside throw-away environments (`local`, `test-...`). */
export function sealWarning(environment: string, { seal }: Pick<VaultConfig, "seal">): string | undefined {
    if (seal.kind !== "local" || isThrowaway(environment)) {
        return undefined;
    }
    return (
        `strata:vault.seal is local in ${environment}: anyone who can read Vault's volume can read every secret. ` +
        'Before the first real secret, set { kind: operators, pgpKeys, threshold }: "Opening Vault as operators" in docs/vault.md'
    );
}
