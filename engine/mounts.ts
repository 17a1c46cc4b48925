/** Containers and the folders in their file systems, as the isolation probe compares them. */

import { LABEL, type VolumePurpose } from "../model/names";
import type { EngineReader } from "./reader";
import { plainName } from "./objects";
import { isProbe } from "./probe";

/** A labelled volume. */
export interface LiveVolume {
    readonly name: string;
    /** Value of the label `strata.service`. */
    readonly service: string;
    /** Purpose of the volume; `data` without a label. */
    readonly purpose: VolumePurpose;
    /** Path of the volume's folder on the engine's machine. */
    readonly folder: string;
}

/** Any container of the engine, running or not, with its mounts, devices and rights. */
export interface LiveMounts {
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly isRunning: boolean;
    readonly mounts: readonly LiveMount[];
    /** Paths of the machine's devices that the container may use. */
    readonly devices: readonly string[];
    /** Rights by which the container may reach files that it does not mount. */
    readonly rights: Rights;
}

/** A folder in a container's file system. A folder with several paths is listed once for each. */
export interface LiveMount {
    /** Name of the volume; missing for a folder of the engine's machine. */
    readonly volume?: string;
    /** Path on the engine's machine; empty for a mount that is on none of its disks. */
    readonly folder: string;
    /** Whether a person chose the path: it is not the engine's own folder of a volume. */
    readonly isForeign: boolean;
}

/** A container's rights, as the engine reports them. */
export interface Rights {
    readonly Privileged?: boolean;
    readonly CapAdd?: readonly string[] | null;
    readonly PidMode?: string;
    readonly DeviceCgroupRules?: readonly string[] | null;
}

interface InspectedContainer {
    readonly Id: string;
    readonly Name: string;
    readonly State: { readonly Running: boolean };
    readonly Config: { readonly Labels: Readonly<Record<string, string>> | null; readonly Image?: string };
    readonly HostConfig: Rights & { readonly Devices?: readonly { readonly PathOnHost: string }[] | null };
    readonly Mounts?: readonly { readonly Type: string; readonly Name?: string; readonly Source?: string }[] | null;
}

interface InspectedVolume {
    readonly Name: string;
    readonly Driver?: string;
    readonly Mountpoint: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Options: Readonly<Record<string, string>> | null;
}

/** The environment's volumes. @throws EngineError when the engine does not answer */
export async function liveVolumes(engine: EngineReader, environment: string): Promise<LiveVolume[]> {
    const names = await engine.list(["volume", "ls", "-q"], environment);
    const inspected = await engine.inspect<InspectedVolume>("volume", names);
    return inspected.map(({ Name, Mountpoint, Labels }) => {
        const purpose = Labels?.[LABEL.purpose];
        return {
            name: Name,
            service: Labels?.[LABEL.service] ?? "",
            purpose: purpose === "files" || purpose === "secrets" ? purpose : "data",
            folder: Mountpoint,
        };
    });
}

/**
 * Mounts, devices and rights of every container of the engine, except probes of a `verify`.
 *
 * @param probeImage - reference of the probe's image
 * @throws EngineError when the engine does not answer
 */
export async function liveMounts(engine: EngineReader, probeImage: string): Promise<LiveMounts[]> {
    const ids = await engine.list(["ps", "-aq", "--no-trunc"]);
    const containers = await engine.inspect<InspectedContainer>("container", ids);
    const volumes = await engine.inspect<InspectedVolume>("volume", await engine.list(["volume", "ls", "-q"]));
    const byName = new Map(volumes.map((volume) => [volume.Name, volume]));
    return containers
        .filter(({ Config }) => !isProbe(Config, probeImage))
        .map(({ Id, Name, State, Config, HostConfig, Mounts }) => ({
            id: Id,
            name: plainName(Name),
            labels: Config.Labels ?? {},
            isRunning: State.Running,
            mounts: (Mounts ?? []).flatMap(({ Type, Name: volume, Source = "" }): LiveMount[] => {
                if (Type !== "volume" || volume === undefined) return [{ folder: Source, isForeign: Type === "bind" }];
                const others = foldersOf(byName.get(volume));
                const isForeign = others.length > 0 || (byName.get(volume)?.Driver ?? LOCAL_DRIVER) !== LOCAL_DRIVER;
                return [
                    { volume, folder: Source, isForeign },
                    ...others.map((folder) => ({ volume, folder, isForeign: false })),
                ];
            }),
            devices: (HostConfig.Devices ?? []).map(({ PathOnHost }) => PathOnHost),
            rights: HostConfig,
        }));
}

/**
 * The same containers a moment later: a container that has ended meanwhile reads nothing any more. Unrelated jobs start and end on a
 * machine, and their folders come and go with them.
 *
 * @throws EngineError when the engine does not answer
 */
export async function stillRunning(engine: EngineReader, containers: readonly LiveMounts[]): Promise<LiveMounts[]> {
    const left = new Set(await engine.list(["ps", "-q", "--no-trunc"]));
    return containers.map((container) => ({ ...container, isRunning: container.isRunning && left.has(container.id) }));
}

/** Driver of volumes in the engine's own folders. */
const LOCAL_DRIVER = "local";

/**
 * Other folders that a volume gives access to, also folders of another volume: its `device`, or the layers of an overlay. Paths on
 * another machine do not count.
 */
function foldersOf(volume: InspectedVolume | undefined): string[] {
    const { device = "", o = "" } = volume?.Options ?? {};
    if (/(^|,)addr=/.test(o)) return [];
    const layers = o.split(",").flatMap((option) => /^(?:lower|upper)dir=(.+)$/.exec(option)?.[1]?.split(":") ?? []);
    return [device, ...layers].filter((path) => path.startsWith("/"));
}
