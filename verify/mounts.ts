/**
 * Containers that have an environment's volumes in their file systems: data, configuration with secrets, rendered secrets. Each volume
 * is for its own service only. Pure.
 */

import type { LiveMounts, LiveVolume } from "../engine/mounts";
import { containerName, containerNames, LABEL, ownerName, writerName } from "../model/names";
import type { Platform } from "../model/platform";
import { contains, overlap, type Places } from "./places";
import { powersByMounts, powersOf, socketsOf } from "./powers";
import type { Finding } from "./report";

/** Longest list of names in a finding. */
const SHOWN = 3;

/** Facts about the engine's machine. */
export interface Machine {
    /** The engine's host, for example `unix:///var/run/docker.sock`. */
    readonly engine: string;
    readonly places: Places;
}

/** All paths whose places {@link compareMounts} needs. */
export function pathsToLocate(
    volumes: readonly LiveVolume[],
    containers: readonly LiveMounts[],
    engine: string,
): string[] {
    return [
        ...volumes.map(({ folder }) => folder),
        ...containers.flatMap(({ mounts, devices }) => [...mounts.map(({ folder }) => folder), ...devices]),
        ...socketsOf(engine),
    ];
}

/**
 * Findings about containers that have another service's volume: by the volume's name, by a path of its folder, or by the place that a
 * path leads to. Also about containers whose mounts could not be followed, and containers whose rights give access to every volume.
 */
export function compareMounts(
    platform: Pick<Platform, "environment" | "services">,
    volumes: readonly LiveVolume[],
    containers: readonly LiveMounts[],
    machine: Machine,
): Finding[] {
    const lost = volumes.filter(({ folder }) => !machine.places.has(folder)).map(({ name }) => name);
    return [
        ...containers.flatMap((container) => {
            const others = volumes
                .filter((volume) => !mayMount(platform, container, volume) && has(container, volume, machine.places))
                .map(({ name }) => name);
            return others.length > 0 ? [mounting(container, others)] : unsure(platform, container, volumes, machine);
        }),
        ...(lost.length > 0 ? [unlocated(platform.environment, lost)] : []),
    ];
}

function mounting({ name }: LiveMounts, others: readonly string[]): Finding {
    const text = `${name} mounts ${shortened(others)}: only the service of a volume may read it`;
    return { verdict: "broken", subject: name, text };
}

/** Findings about a container without a forbidden mount. A container that does not run reads nothing. */
function unsure(
    { environment }: Pick<Platform, "environment">,
    container: LiveMounts,
    volumes: readonly LiveVolume[],
    { engine, places }: Machine,
): Finding[] {
    const { name, labels, isRunning, mounts } = container;
    if (!isRunning || volumes.length === 0) return [];
    const rights = [...powersOf(container.rights), ...powersByMounts(container, socketsOf(engine), places)];
    const unknown = mounts.filter(({ folder, isForeign }) => isForeign && !places.has(folder)).map((it) => it.folder);
    return [
        ...(rights.length > 0 ? [mighty(name, rights, labels[LABEL.environment] === environment)] : []),
        ...(unknown.length > 0 ? [unlooked(name, unknown)] : []),
    ];
}

/**
 * A container whose rights give access to every volume. The machine's administrator may run such containers, for example a job runner
 * or a container console. A service of the environment gets no such rights, so it is broken.
 */
function mighty(name: string, rights: readonly string[], isOwn: boolean): Finding {
    const can = `${name} can get at every volume: ${rights.join(", ")}`;
    return isOwn
        ? { verdict: "broken", subject: name, text: `${can}; no service is given such rights` }
        : { verdict: "noted", subject: name, text: `${can}; isolation on this machine cannot contain it` };
}

function unlooked(name: string, folders: readonly string[]): Finding {
    const text = `${name} mounts ${shortened(folders)}: whether a volume is there could not be looked at`;
    return { verdict: "could not tell", subject: name, text };
}

function unlocated(environment: string, volumes: readonly string[]): Finding {
    const text = `where ${shortened(volumes)} is on the engine's machine could not be looked at: mounts were compared by name only`;
    return { verdict: "could not tell", subject: environment, text };
}

function shortened(names: readonly string[]): string {
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
    return `${names.slice(0, SHOWN).join(", ")}${more}`;
}

/** Whether a container may mount a volume: the volume's service and its one-shots may; for rendered secrets also the service's agent. */
function mayMount(
    { environment, services }: Pick<Platform, "environment" | "services">,
    { name, labels }: LiveMounts,
    { service, purpose }: LiveVolume,
): boolean {
    const agents = purpose === "secrets" ? services.filter(({ sidecarOf }) => sidecarOf === service) : [];
    const own = [
        ...containerNames(environment, services.find(({ name }) => name === service) ?? { name: service }),
        writerName(environment, service),
        ownerName(environment, service),
        ...agents.map((agent) => containerName(environment, agent.name)),
    ];
    return labels[LABEL.environment] === environment && own.includes(name);
}

function has({ mounts }: LiveMounts, { name, folder }: LiveVolume, places: Places): boolean {
    const [own] = places.get(folder)?.places ?? [];
    return mounts.some(
        (mount) =>
            mount.volume === name ||
            contains(mount.folder, folder) ||
            contains(folder, mount.folder) ||
            (own !== undefined && places.get(mount.folder)?.places.some((place) => overlap(place, own))),
    );
}
