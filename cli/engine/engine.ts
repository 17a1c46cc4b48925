/** What the Docker engine says about an environment's objects, through the docker client. */

import { LABEL } from "../../model/names";
import { Failure, npmRun } from "../failure";
import { type Ended, run } from "../processes";

/** A labelled container as the engine reports it. */
export interface RunningContainer {
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Label `strata.service`, or the name when it has none. */
    readonly service: string;
    /** A one-shot container that prepares a volume and ends. */
    readonly oneShot: boolean;
    /** `running`, `exited`, `restarting`, `paused`, `created`, `dead`. */
    readonly state: string;
    /** `healthy`, `unhealthy`, `starting`; `none` without a check. */
    readonly health: string;
    readonly exitCode: number;
    /** Milliseconds since the epoch. */
    readonly startedAt: number;
    readonly restarts: number;
    /** Networks it is attached to now, sorted. */
    readonly networks: readonly string[];
    /** `127.0.0.1:8080` for each published port. */
    readonly published: readonly string[];
    readonly healthCommand: readonly string[];
    /** Output of the last check. */
    readonly healthOutput: string;
    readonly healthExitCode: number | undefined;
}

/** A labelled network or volume. */
export interface LabelledObject {
    readonly id: string;
    readonly name: string;
}

/** A labelled volume. */
export interface LabelledVolume extends LabelledObject {
    /** It holds data, not configuration files that are written anew. */
    readonly data: boolean;
}

/** A volume as the engine describes it. */
export interface InspectedVolume {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Milliseconds since 1970; not a number where the engine does not say. */
    readonly created: number;
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
    const name = it.Name.replace(/^\//, "");
    const lastCheck = it.State.Health?.Log?.at(-1);
    return {
        id: it.Id,
        name,
        labels,
        service: labels[LABEL.service] ?? name,
        oneShot: labels[LABEL.role] !== undefined,
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

/** The Docker engine of an environment. */
export class Engine {
    /** @param env - environment of the docker client; `DOCKER_HOST` chooses the engine */
    constructor(private readonly env: NodeJS.ProcessEnv) {}

    /** Runs the docker client. */
    docker(args: readonly string[], timeout = 60_000): Promise<Ended> {
        return run("docker", args, { env: this.env, timeout });
    }

    /** Version and API version of the server, or `undefined` when it does not answer. */
    async version(): Promise<{ version: string; api: string } | undefined> {
        const asked = await this.docker(["version", "--format", "{{.Server.Version}} {{.Server.APIVersion}}"], 10_000);
        const [version, api] = asked.stdout.trim().split(" ");
        return asked.code === 0 && version && api ? { version, api } : undefined;
    }

    /** All containers of an environment, stopped ones too, sorted by name. */
    async containers(environment: string): Promise<RunningContainer[]> {
        const ids = await this.list(["ps", "-aq", "--no-trunc"], environment);
        const inspected = await this.inspect("container", ids);
        return inspected.map(describeContainer).sort((a, b) => a.name.localeCompare(b.name));
    }

    /** All networks of an environment. */
    async networks(environment: string): Promise<LabelledObject[]> {
        const lines = await this.list(["network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"], environment);
        return lines.map((line) => ({ id: line.split(" ")[0] ?? "", name: line.split(" ")[1] ?? "" }));
    }

    /** All volumes of an environment, sorted by name. */
    async volumes(environment: string): Promise<LabelledVolume[]> {
        const format = `{{.Name}} {{.Label "${LABEL.data}"}}`;
        const lines = await this.list(["volume", "ls", "--format", format], environment);
        return lines.sort().map((line) => {
            const [name = "", data] = line.split(" ");
            return { id: name, name, data: data === "true" };
        });
    }

    /** Volumes by name, whatever their labels. Names that the engine does not know are left out. */
    async volumesNamed(names: readonly string[]): Promise<InspectedVolume[]> {
        const inspected = await this.inspect("volume", names);
        return (inspected as { Name: string; CreatedAt?: string; Labels: Record<string, string> | null }[]).map(
            (it) => ({
                name: it.Name,
                labels: it.Labels ?? {},
                created: Date.parse(it.CreatedAt ?? ""),
            }),
        );
    }

    /** Environments that have any labelled container, network or volume, sorted. */
    async environments(): Promise<string[]> {
        const template = `{{.Label "${LABEL.environment}"}}`;
        const kinds = [
            ["ps", "-a"],
            ["network", "ls"],
            ["volume", "ls"],
        ];
        const found = await Promise.all(
            kinds.map((kind) => this.ask([...kind, "--filter", `label=${LABEL.environment}`, "--format", template])),
        );
        return [...new Set(found.flatMap((text) => text.split("\n")).filter(Boolean))].sort();
    }

    /** The last lines a container wrote. Empty when it is gone. */
    async lastLines(container: string, count: number): Promise<string[]> {
        const asked = await this.docker(["logs", "--tail", String(count), container]);
        if (asked.code !== 0) return [];
        return `${asked.stdout}${asked.stderr}`
            .split("\n")
            .filter((line) => line.trim() !== "")
            .slice(-count);
    }

    /** Removes labelled objects of an environment by id. Objects that are gone already are no error. */
    async remove(kind: "container" | "network" | "volume", objects: readonly LabelledObject[]): Promise<void> {
        const force = kind === "network" ? [] : ["--force"];
        for (const object of objects) {
            const asked = await this.docker([kind, "rm", ...force, object.id]);
            if (asked.code !== 0 && !/no such/i.test(asked.stderr)) {
                throw new Failure(
                    `${kind} ${object.name} cannot be removed: ${asked.stderr.trim()}`,
                    `look at it with: docker ${kind} inspect ${object.name}`,
                    1,
                );
            }
        }
    }

    private async inspect(kind: string, ids: readonly string[]): Promise<unknown[]> {
        if (ids.length === 0) return [];
        // A container can disappear between the two commands: what could be inspected is still on standard output.
        const asked = await this.docker([kind, "inspect", ...ids]);
        if (asked.code !== 0 && !/no such/i.test(asked.stderr)) throw notAnswering(asked);
        return JSON.parse(asked.stdout || "[]") as unknown[];
    }

    private async list(command: readonly string[], environment: string): Promise<string[]> {
        const text = await this.ask([...command, "--filter", `label=${LABEL.environment}=${environment}`]);
        return text.split("\n").filter(Boolean);
    }

    private async ask(args: readonly string[]): Promise<string> {
        const asked = await this.docker(args);
        if (asked.code !== 0) throw notAnswering(asked);
        return asked.stdout;
    }
}

function notAnswering(asked: Ended): Failure {
    return new Failure(
        `the Docker engine does not answer: ${asked.stderr.trim().split("\n").at(-1) ?? `exit code ${asked.code}`}`,
        `${npmRun("setup")} starts it; ${npmRun("doctor")} says more`,
    );
}
