/** Facts that an engine reports about itself. */

/** Release and platform of an engine's server. */
export interface EngineVersion {
    readonly version: string;
    /** Newest API version that the server speaks, for example `1.41`. */
    readonly api: string;
    /** `linux`. */
    readonly os: string;
    /** `amd64`, `arm64`. */
    readonly arch: string;
}

/** The part of `docker info` that strata reads. */
export interface EngineInfo {
    readonly ID?: string;
    /** Name of the engine's machine. */
    readonly Name?: string;
    readonly MemTotal: number;
    readonly DockerRootDir: string;
    readonly OperatingSystem: string;
    readonly CgroupVersion?: string;
    readonly MemoryLimit?: boolean;
    readonly SwapLimit?: boolean;
    readonly CpuCfsQuota?: boolean;
    readonly SecurityOptions?: readonly string[] | null;
    readonly Warnings?: readonly string[] | null;
    readonly DefaultAddressPools?: readonly { readonly Base: string }[] | null;
}

/** Format of `docker version` that {@link readVersion} reads. */
export const VERSION_FORMAT = "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.Os}} {{.Server.Arch}}";

/** Reads `docker version`; `undefined` when a part is missing. Pure. */
export function readVersion(text: string): EngineVersion | undefined {
    const [version, api, os, arch] = text.trim().split(" ");
    return version && api && os && arch ? { version, api, os, arch } : undefined;
}

/**
 * Text that distinguishes an engine from others: its machine, its data folder and its id. The id alone is not enough: machines made
 * from one image share it, and so do two engines of one machine before Docker 24. All three can change while the engine stays the same.
 *
 * @returns `undefined` when the engine reports no id
 */
export function identityOf(info: EngineInfo | undefined): string | undefined {
    return info?.ID ? `${info.Name ?? ""} ${info.DockerRootDir} ${info.ID}` : undefined;
}
