/** Abilities of the engine that an environment's objects use, read from these objects. */

import type { MadeWith } from "../model/engine-api";

/** Reads `docker inspect` of an environment's networks and containers. Pure. */
export function readMadeWith(networks: readonly unknown[], containers: readonly unknown[]): MadeWith {
    const modes = (networks as { Internal?: boolean; Options?: Record<string, string> | null }[])
        .filter(({ Internal }) => Internal === true)
        .map(({ Options }) => Options?.["com.docker.network.bridge.gateway_mode_ipv4"] === "isolated");
    const checks = (containers as { Config?: { Healthcheck?: { Test?: string[]; StartInterval?: number } | null } }[])
        .map(({ Config }) => Config?.Healthcheck)
        .filter((check) => (check?.Test ?? []).length > 0)
        .map((check) => (check?.StartInterval ?? 0) > 0);
    return {
        isolatedGateway: modes.length === 0 ? undefined : modes.every(Boolean),
        startInterval: checks.length === 0 ? undefined : checks.some(Boolean),
    };
}
