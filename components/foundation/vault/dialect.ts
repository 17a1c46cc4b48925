import type { VaultSeal, VaultServerName } from "../../../model/stack-config";
import { hashicorpVault } from "./hashicorp";
import { openBao } from "./openbao";

/** What a server's files are made from. */
export interface DialectSettings {
    readonly seal: VaultSeal;
    /** Subnets from which the program logs in. */
    readonly sources: readonly string[];
}

/** What a server that speaks Vault's API is started with. All that differs between two of them is in what they make of this. */
export interface VaultDialect {
    /** Numeric `uid:gid` that owns the image's directories. */
    readonly user: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Writable memory file systems by path, in MiB. Covers every volume that the image declares besides the data. */
    readonly tmpfs: Readonly<Record<string, number>>;
    /**
     * Texts by path below `FILES`; the container starts with `run.sh`. They find the policy of the program's own identity in
     * `provisioner.hcl`, its secret-id in `secrets/provisioner` and the operators' keys in `pgp/<n>.asc`.
     */
    readonly files: (settings: DialectSettings) => Readonly<Record<string, string>>;
}

export const DIALECTS: Readonly<Record<VaultServerName, VaultDialect>> = { vault: hashicorpVault, openbao: openBao };
