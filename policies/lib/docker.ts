/** What the rules need to know about the Docker provider's resources. */

import { LABEL, OWNER_ROLE, WRITER_ROLE } from "../../model/names";
import type { Properties } from "./properties";

export { CONTAINER, NETWORK, VOLUME } from "../../model/resource-types";
export const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";
export const PROVIDER = "pulumi:providers:docker";

/** Value of a label, whichever order the labels are in. */
export function label(properties: Properties, key: string): string | undefined {
    for (const entry of properties.objects("labels")) {
        if (entry.text("label") === key) {
            return entry.text("value");
        }
    }
    return undefined;
}

/** Roles of the one-shots that prepare a service's volumes. */
export const ONE_SHOT_ROLES = [WRITER_ROLE, OWNER_ROLE] as const;
export type OneShotRole = (typeof ONE_SHOT_ROLES)[number];

/**
 * What kind of one-shot a container is, if it is one. It says so itself, which is safe: what other rules excuse one-shots
 * from is paid for by `one-shot-runs-alone`, which leaves them nothing to be reached by.
 */
export function oneShotRole(properties: Properties): OneShotRole | undefined {
    const role = label(properties, LABEL.role);
    return ONE_SHOT_ROLES.find((known) => known === role);
}

export function isOneShot(properties: Properties): boolean {
    return oneShotRole(properties) !== undefined;
}

/** What a `networkMode` is. */
export type NetworkMode = "network" | "none" | "host" | "container" | "default-bridge";

export function kindOfMode(mode: string | undefined): NetworkMode {
    if (mode === undefined || mode === "" || mode === "bridge" || mode === "default" || mode === "nat") {
        return "default-bridge";
    }
    if (mode === "none" || mode === "host") {
        return mode;
    }
    return mode.startsWith("container:") ? "container" : "network";
}

/** Names or ids of the networks that a container is attached to, each once; known ones first. */
export function* networksOf(properties: Properties): Generator<string> {
    const seen = new Set<string>();
    const mode = properties.has("networkMode") ? properties.text("networkMode") : undefined;
    if (kindOfMode(mode) === "network") {
        seen.add(mode!);
        yield mode!;
    }
    for (const attachment of properties.objects("networksAdvanced")) {
        const name = attachment.text("name");
        if (name !== undefined && !seen.has(name)) {
            seen.add(name);
            yield name;
        }
    }
}

/** Names of the volumes that a container mounts; known ones first. */
export function* volumesOf(properties: Properties): Generator<string> {
    for (const mount of properties.objects("mounts")) {
        const source = mount.text("type") === "volume" ? mount.text("source") : undefined;
        if (source !== undefined) {
            yield source;
        }
    }
    for (const volume of properties.objects("volumes")) {
        const name = volume.text("volumeName");
        if (name !== undefined) {
            yield name;
        }
    }
}

/** A capability in the engine's spelling: `net_raw` and `NET_RAW` are `CAP_NET_RAW`. */
export function capability(name: string): string {
    const upper = name.toUpperCase();
    return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}

/** Capabilities with which a container on two networks can make itself the way from one to the other, or pose as a neighbour. */
export const NETWORK_CAPABILITIES = ["CAP_NET_RAW", "CAP_NET_ADMIN"];
