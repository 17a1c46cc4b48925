/** Who has which folder in its file system, as the isolation probe compares it. */

import { LABEL, type VolumePurpose } from "../model/names";
import type { EngineReader } from "./reader";
import { plainName } from "./objects";
import { isProbe } from "./probe";

/** A labelled volume. */
export interface LiveVolume {
    readonly name: string;
    /** Value of the label `strata.service`. */
    readonly service: string;
    /** What it is for; a volume that does not say holds data. */
    readonly purpose: VolumePurpose;
    /** Where it is on the engine's machine. */
    readonly folder: string;
}

/** Any container of the engine, running or not, with what it has in its file system. */
export interface LiveMounts {
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly isRunning: boolean;
    readonly mounts: readonly LiveMount[];
    /** Paths of devices of the engine's machine that it may use. */
    readonly devices: readonly string[];
    /** Rights by which it may get at files that it does not mount. */
    readonly rights: Rights;
}

/** A folder that a container has in its file system; one with several names is listed by each. */
export interface LiveMount {
    /** Missing for a folder of the engine's machine. */
    readonly volume?: string;
    /** On the engine's machine; empty for what is on none of its disks. */
    readonly folder: string;
    /** Somebody chose where it is: it is no volume that the engine made a folder for. */
    readonly isForeign: boolean;
}

/** What the engine says about a container's rights. */
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
 * What every container of the engine mounts and may, except the probe of another `verify`.
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
 * The same containers a moment later: one that has ended meanwhile reads nothing any more. Jobs of others come and go on a machine,
 * and their folders with them.
 *
 * @throws EngineError when the engine does not answer
 */
export async function stillRunning(engine: EngineReader, containers: readonly LiveMounts[]): Promise<LiveMounts[]> {
    const left = new Set(await engine.list(["ps", "-q", "--no-trunc"]));
    return containers.map((container) => ({ ...container, isRunning: container.isRunning && left.has(container.id) }));
}

/** Driver of volumes that are folders of the engine's own. */
const LOCAL_DRIVER = "local";

/**
 * A volume can be another name of a folder, also of one that is a volume: by `device`, or as a layer of an overlay. Paths of another
 * machine are none of these.
 */
function foldersOf(volume: InspectedVolume | undefined): string[] {
    const { device = "", o = "" } = volume?.Options ?? {};
    if (/(^|,)addr=/.test(o)) return [];
    const layers = o.split(",").flatMap((option) => /^(?:lower|upper)dir=(.+)$/.exec(option)?.[1]?.split(":") ?? []);
    return [device, ...layers].filter((path) => path.startsWith("/"));
}
