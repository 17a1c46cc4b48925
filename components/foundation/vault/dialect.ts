import type { VaultSeal, VaultServerName } from "../../../model/stack-config";
import { hashicorpVault } from "./hashicorp";
import { openBao } from "./openbao";

/** The settings from which a server's files are generated. */
export interface DialectSettings {
    readonly seal: VaultSeal;
    /** Subnets from which the program logs in. */
    readonly sources: readonly string[];
}

/**
 * The settings and files with which a server of Vault's API starts. All differences between the servers are in their
 * implementations of this interface.
 */
export interface VaultDialect {
    /** Numeric `uid:gid` that owns the image's directories. */
    readonly user: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Writable memory file systems by path, in MiB. Covers every volume that the image declares besides the data. */
    readonly tmpfs: Readonly<Record<string, number>>;
    /**
     * Texts by path below `FILES`; the container starts with `run.sh`. The scripts read the policy of the program's own
     * identity from `provisioner.hcl`, its secret-id from `secrets/provisioner` and the operators' keys from `pgp/<n>.asc`.
     */
    readonly files: (settings: DialectSettings) => Readonly<Record<string, string>>;
}

export const DIALECTS: Readonly<Record<VaultServerName, VaultDialect>> = { vault: hashicorpVault, openbao: openBao };
