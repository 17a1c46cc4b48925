/**
 * Instances: the containers of a service. All instances share the service's zones, DNS names, user, secrets and flows. Only
 * the container's name differs.
 */

import { whole } from "./schema/leaves";

/** The number of a service's instances, and how an update replaces them without losing a request. */
export interface Instances {
    /** At least 2. */
    readonly replicas: number;
    /** Path that an instance answers with 200 while it takes requests, and with 503 after it was asked to stop. */
    readonly ready: string;
    /** Seconds for which an instance still answers requests after it was asked to stop, so that the senders notice. */
    readonly drain: number;
}

/** The part of a service that its instances depend on. */
export interface Replicated {
    readonly name: string;
    /** @default - one instance, without a readiness path */
    readonly instances?: Instances;
}

/** One container of a service. */
export interface Instance {
    /** From 1. */
    readonly replica: number;
    /** The first instance has the service's name, the others add their number: `psra-api`, `psra-api-2`. */
    readonly name: string;
}

/** Highest number of instances that a service can have on one engine. */
const MOST = 20;

/** Schema of the number of a service's instances. */
export const replicas = whole(`a whole number from 1 to ${MOST}`, 1, MOST);

/** The instances of a service, by their numbers. */
export function instancesOf(service: Replicated): Instance[] {
    return Array.from({ length: replicasOf(service) }, (_, index) => ({
        replica: index + 1,
        name: instanceName(service.name, index + 1),
    }));
}

/** Number of a service's instances. */
export function replicasOf({ instances }: Pick<Replicated, "instances">): number {
    return instances?.replicas ?? 1;
}

/** For example `psra-api-2`. */
export function instanceName(service: string, replica: number): string {
    return replica === 1 ? service : `${service}-${replica}`;
}
