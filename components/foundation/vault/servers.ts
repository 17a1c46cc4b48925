/**
 * What the model knows of the servers that speak Vault's API. What they are started with is in
 * `components/foundation/vault/`: one file per server. Nothing else asks which of them runs.
 */

import { isThrowaway } from "../../../model/environments";
import type { ImageName } from "../../../model/images";
import type { VaultConfig, VaultSeal, VaultServerName } from "../../../model/stack-config";

export const VAULT_PORT = 8200;

/** Where a program in the server's own container asks it. */
export const VAULT_INSIDE = `http://127.0.0.1:${VAULT_PORT}`;

/** Facts of an image that others than its own container need. */
export interface VaultServerFacts {
    readonly image: ImageName;
    /** The server's own program, which is its client too. */
    readonly program: string;
    /** Where the volume with everything that it keeps is mounted. */
    readonly data: string;
}

export const VAULT_SERVERS: Readonly<Record<VaultServerName, VaultServerFacts>> = {
    vault: { image: "vault", program: "vault", data: "/vault/file" },
    openbao: { image: "openbao", program: "bao", data: "/openbao/file" },
};

/** Exists in the container of a server that people open from when they have its keys. */
function initialisedMarker(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal/initialised`;
}

/** Exists in the server's container from when the program can log in and no root token is left. */
export function provisionedMarker(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal/provisioned`;
}

/** Asks a server, in its own container, about its seal. @param program - of the server */
export function sealCommand(program: string): readonly [program: string, ...args: string[]] {
    return [program, "status", "-format=json", `-address=${VAULT_INSIDE}`];
}

/** Folder of what opens a server's store. */
export function sealFolder(server: VaultServerName): string {
    return `${VAULT_SERVERS[server].data}/seal`;
}

/**
 * Whether the files of {@link sealFolder} are those of a seal: a server that opens itself has its key there, and operators' shares lie
 * beside no key.
 */
export function isSealedBy(kind: VaultSeal["kind"], files: readonly string[]): boolean {
    return files.includes("key") === (kind === "local");
}

/**
 * `status` ends with 0 when unsealed, 2 when sealed or not yet initialised, 1 when it cannot tell. A server that opens
 * itself is of no use sealed; one that is initialised and waits for its operators is as healthy as it can be, and must not
 * hold up the rest.
 *
 * The program configures the server, so it waits for the identity that it logs in with. An OpenBao that initialises itself begins anew when
 * it is started without the marker of that, so nobody may be told to use it before.
 *
 * @param port - of its API
 */
export function vaultTest({ server, seal }: Pick<VaultConfig, "server" | "seal">, port: number): readonly string[] {
    const status = `${VAULT_SERVERS[server].program} status -address=http://127.0.0.1:${port}`;
    return seal.kind === "local"
        ? ["CMD-SHELL", `${status} >/dev/null && test -e ${provisionedMarker(server)}`]
        : ["CMD-SHELL", `${status} >/dev/null; [ $? -ne 1 ] && test -e ${initialisedMarker(server)}`];
}

/**
 * What to tell whoever lets a server keep its own key where data is missed when it gets out: anywhere but on one's own machine
 * (`local`) and in tests (`test-...`).
 */
export function sealWarning(environment: string, { seal }: Pick<VaultConfig, "seal">): string | undefined {
    if (seal.kind !== "local" || isThrowaway(environment)) {
        return undefined;
    }
    return (
        `strata:vault.seal is local in ${environment}: whoever reads Vault's volume reads every secret. ` +
        'Before the first real one set { kind: operators, pgpKeys, threshold }: "Opening Vault as operators" in docs/vault.md'
    );
}
