/** Containers and their state, read from `docker inspect`. Pure. */

import { LABEL, labelledInstance, RUNS, type Runs } from "../model/names";
import { plainName } from "./objects";

/** A labelled container as the engine reports it. */
export interface RunningContainer {
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Label `strata.service`, or the container's name without that label. */
    readonly service: string;
    /** A one-shot container that prepares a volume and ends. */
    readonly oneShot: boolean;
    /** How a container that ends runs; missing for one that runs for as long as it is declared. */
    readonly runs?: Runs;
    /** `running`, `exited`, `restarting`, `paused`, `created`, `dead`. */
    readonly state: string;
    /** `healthy`, `unhealthy`, `starting`; `none` without a check. */
    readonly health: string;
    readonly exitCode: number;
    /** Milliseconds since the epoch. */
    readonly startedAt: number;
    readonly restarts: number;
    /** Networks that the container is attached to now, sorted. */
    readonly networks: readonly string[];
    /** `127.0.0.1:8080` for each published port. */
    readonly published: readonly string[];
    readonly healthCommand: readonly string[];
    /** Output of the last check. */
    readonly healthOutput: string;
    readonly healthExitCode: number | undefined;
}

/** Name of a container's instance: `psra-api`, `psra-api-2`; without labels the container's own name. */
export function instanceOf({
    labels,
    name,
}: {
    readonly labels: RunningContainer["labels"];
    readonly name: string;
}): string {
    return labelledInstance(labels) ?? name;
}

interface Inspected {
    Id: string;
    Name: string;
    RestartCount: number;
    State: {
        Status: string;
        ExitCode: number;
        StartedAt: string;
        Health?: { Status: string; Log?: { ExitCode: number; Output: string }[] | null };
    };
    Config: { Labels: Record<string, string> | null; Healthcheck?: { Test?: string[] } };
    NetworkSettings: {
        Networks: Record<string, unknown> | null;
        Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
    };
}

/** Reads `docker inspect` of a container. Pure. */
export function describeContainer(raw: unknown): RunningContainer {
    const it = raw as Inspected;
    const labels = it.Config.Labels ?? {};
    const name = plainName(it.Name);
    const runs = Object.values(RUNS).find((known) => known === labels[LABEL.runs]);
    const lastCheck = it.State.Health?.Log?.at(-1);
    return {
        id: it.Id,
        name,
        labels,
        service: labels[LABEL.service] ?? name,
        oneShot: labels[LABEL.role] !== undefined,
        ...(runs && { runs }),
        state: it.State.Status,
        health: it.State.Health?.Status ?? "none",
        exitCode: it.State.ExitCode,
        startedAt: Date.parse(it.State.StartedAt),
        restarts: it.RestartCount,
        networks: Object.keys(it.NetworkSettings.Networks ?? {}).sort(),
        published: Object.values(it.NetworkSettings.Ports ?? {})
            .flatMap((bindings) => bindings ?? [])
            .map((binding) => `${binding.HostIp}:${binding.HostPort}`)
            .sort(),
        healthCommand: it.Config.Healthcheck?.Test ?? [],
        healthOutput: (lastCheck?.Output ?? "").trim(),
        healthExitCode: lastCheck?.ExitCode,
    };
}
