/**
 * Instances: the containers of a service. To everybody else they are one service: each has its zones, its names in them, its user, its
 * secrets and what it may reach. Only its container has a name of its own.
 */

import { whole } from "./schema/leaves";

/** How many instances a service has, and how they change places without losing a request. */
export interface Instances {
    /** At least 2. */
    readonly replicas: number;
    /** Path that an instance answers with 200 while it takes requests, and with 503 once it was asked to stop. */
    readonly ready: string;
    /** Seconds for which it goes on answering requests after that, so that those who send them notice. */
    readonly drain: number;
}

/** A service, as far as its instances go. */
export interface Replicated {
    readonly name: string;
    /** @default - one instance, of which nothing else is known */
    readonly instances?: Instances;
}

/** One container of a service. */
export interface Instance {
    /** From 1. */
    readonly replica: number;
    /** The first has the service's name, the others a number behind it: `psra-api`, `psra-api-2`. */
    readonly name: string;
}

/** Most instances that a service can have on one engine. */
const MOST = 20;

/** Number of a service's instances, as people write it. */
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
