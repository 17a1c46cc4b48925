/** Facts about the Docker provider's resources that rules need. */

import { LABEL, OWNER_ROLE, RUNS, type Runs, WRITER_ROLE } from "../../model/names";
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
 * Role of a one-shot; `undefined` for any other container. The container's own label decides. That is safe: a container with the
 * label is excused from some rules, and `one-shot-runs-alone` in return allows it no network and no port.
 */
export function oneShotRole(properties: Properties): OneShotRole | undefined {
    const role = label(properties, LABEL.role);
    return ONE_SHOT_ROLES.find((known) => known === role);
}

export function isOneShot(properties: Properties): boolean {
    return oneShotRole(properties) !== undefined;
}

/**
 * How a container that ends runs; `undefined` for any other container. The container's own label decides. That is safe: `job-runs-once`
 * limits a container with the label, and `job-belongs-to-plan` compares the label with the plan.
 */
export function runsOf(properties: Properties): Runs | undefined {
    const runs = label(properties, LABEL.runs);
    return Object.values(RUNS).find((known) => known === runs);
}

/** Whether a container runs for as long as it is declared: it is neither a one-shot, nor a job, nor started by a job. */
export function isLasting(properties: Properties): boolean {
    return !isOneShot(properties) && runsOf(properties) === undefined;
}

/** Kinds of `networkMode`. */
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

/** Capabilities with which a container can route between its networks, or pose as a neighbour. */
export const NETWORK_CAPABILITIES = ["CAP_NET_RAW", "CAP_NET_ADMIN"];
