/**
 * Who has an environment's volumes in its file system: data, configuration with its secrets, rendered secrets. Each volume is for
 * its own service. Pure.
 */

import { containerName, LABEL, ownerName, writerName } from "../model/names";
import type { Platform } from "../model/platform";
import type { LiveMounts, LiveVolume } from "./engine";
import type { Finding } from "./report";

/** Longest list of volumes in a finding. */
const SHOWN = 3;

/** Containers that have a volume which is not for them, by name or by its folder on the engine's machine. */
export function compareMounts(
    platform: Pick<Platform, "environment" | "services">,
    volumes: readonly LiveVolume[],
    containers: readonly LiveMounts[],
): Finding[] {
    return containers.flatMap((container) => {
        const others = volumes
            .filter((volume) => !mayMount(platform, container, volume) && has(container, volume))
            .map(({ name }) => name);
        if (others.length === 0) return [];
        const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : "";
        const list = `${others.slice(0, SHOWN).join(", ")}${more}`;
        const text = `${container.name} mounts ${list}: only the service of a volume may read it`;
        return [{ verdict: "broken", subject: container.name, text }];
    });
}

/** A volume is for its service and the service's one-shots; one with rendered secrets also for the agent beside it. */
function mayMount(
    { environment, services }: Pick<Platform, "environment" | "services">,
    { name, labels }: LiveMounts,
    { service, purpose }: LiveVolume,
): boolean {
    const agents = purpose === "secrets" ? services.filter(({ beside }) => beside === service) : [];
    const own = [
        containerName(environment, service),
        writerName(environment, service),
        ownerName(environment, service),
        ...agents.map((agent) => containerName(environment, agent.name)),
    ];
    return labels[LABEL.environment] === environment && own.includes(name);
}

function has({ mounts }: LiveMounts, { name, folder }: LiveVolume): boolean {
    return mounts.some(
        (mount) => mount.volume === name || contains(mount.folder, folder) || contains(folder, mount.folder),
    );
}

/** Whether the second folder is the first one or lies in it. */
function contains(outer: string, inner: string): boolean {
    const inside = (folder: string): string => (folder.endsWith("/") ? folder : `${folder}/`);
    return outer !== "" && inside(inner).startsWith(inside(outer));
}
