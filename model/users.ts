/** Numbers of the users that services run as. */

import { createHash } from "node:crypto";

import { kindOf } from "../components/kinds";
import type { Service } from "./platform";

/**
 * First number: above the users of images and of people. All numbers stay below 65536, because a rootless engine has no
 * higher ones.
 */
const FIRST = 20_000;
const COUNT = 40_000;

/**
 * Gives each service its own user, because the kernel counts processes for a user and not for a container. An agent has its
 * application's user, because they share files. The number comes from the environment and the name, so it stays when other
 * services are added or removed.
 *
 * @returns numbers by service name; user and group have the same number
 */
export function usersOf(
    environment: string,
    services: readonly Pick<Service, "name" | "kind" | "sidecarOf">[],
): Readonly<Record<string, number>> {
    const taken = new Map<number, string>();
    const users: Record<string, number> = {};
    const named = services.filter((service) => service.sidecarOf === undefined && !kindOf(service).keepsImageUser);
    // In the order of names: start order must not decide which of two services gets the next number.
    for (const name of named.map((service) => service.name).sort()) {
        let attempt = 0;
        let user = candidate(environment, name, attempt);
        while (taken.has(user)) {
            user = candidate(environment, name, ++attempt);
        }
        taken.set(user, name);
        users[name] = user;
    }
    for (const { name, sidecarOf } of services) {
        const shared = sidecarOf === undefined ? undefined : users[sidecarOf];
        if (shared !== undefined) {
            users[name] = shared;
        }
    }
    return users;
}

function candidate(environment: string, name: string, attempt: number): number {
    const hash = createHash("sha256").update(`${environment}\0${name}\0${attempt}`).digest();
    return FIRST + (hash.readUInt32BE(0) % COUNT);
}
