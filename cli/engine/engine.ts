/** What the Docker engine says about an environment's objects, through the docker client. */

import { isAtLeast, type MadeWith, VOLUME_CREATION_API } from "../../model/engine-api";
import { LABEL, type ObjectKind } from "../../model/names";
import { saysGone } from "../../verify";
import { Failure, npmRun } from "../failure";
import { type Ended, run } from "../processes";
import type { EngineNetwork } from "../preflight/addresses";
import type { EngineInfo } from "../preflight/engine";
import { chooseEngine, type EngineChoice, surroundings } from "./choice";
import { readMadeWith } from "./made-with";
import { readHost } from "./host";
import { explainSilence, lastWords, type Silence } from "./silence";

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

/** What a server says about itself. */
export interface EngineVersion {
    readonly version: string;
    /** Newest API version that it speaks, for example `1.41`. */
    readonly api: string;
    /** `linux`. */
    readonly os: string;
    /** `amd64`, `arm64`. */
    readonly arch: string;
}

const VERSION_FORMAT = "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.Os}} {{.Server.Arch}}";

/** Label of objects that Docker Compose made. */
const COMPOSE_PROJECT = "com.docker.compose.project";

/** How the docker client lists all objects of a kind, and what of them is their id and their name. */
const LISTS: Readonly<Record<ObjectKind, readonly [verb: readonly string[], id: string, name: string]>> = {
    container: [["ps", "--all", "--no-trunc"], "{{.ID}}", "{{.Names}}"],
    network: [["network", "ls", "--no-trunc"], "{{.ID}}", "{{.Name}}"],
    volume: [["volume", "ls"], "{{.Name}}", "{{.Name}}"],
};

/** An engine that takes longer is as good as one that does not answer. */
const ANSWER_MILLISECONDS = 10_000;

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

/** An object of the engine, whoever made it. */
export interface NamedObject extends LabelledObject {
    /** Value of `strata.environment`. */
    readonly environment: string | undefined;
    /** Value of `com.docker.compose.project`. */
    readonly composeProject: string | undefined;
}

/** A volume as the engine describes it. */
export interface InspectedVolume {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Milliseconds since 1970; not a number for engines that do not say ({@link VOLUME_CREATION_API}). */
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

/** Reads `docker inspect` of a network. Pure. */
export function describeNetwork(raw: unknown): EngineNetwork {
    const { Name, IPAM, Labels } = raw as {
        Name: string;
        IPAM?: { Config?: { Subnet?: string }[] | null };
        Labels: Record<string, string> | null;
    };
    return {
        name: Name,
        subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet?.includes(".") ? [Subnet] : [])),
        environment: Labels?.[LABEL.environment],
        composeProject: Labels?.[COMPOSE_PROJECT],
    };
}

/** Finds references among inspected images: by id, tag, or digest. Pure. */
export function matchImages(references: readonly string[], inspected: readonly unknown[]): Map<string, string> {
    const images = inspected as {
        Id: string;
        Architecture: string;
        RepoTags?: string[] | null;
        RepoDigests?: string[] | null;
    }[];
    const found = references.map((reference) => {
        const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
        const image = images.find(
            ({ Id, RepoTags, RepoDigests }) =>
                Id === reference ||
                (RepoTags ?? []).includes(reference) ||
                (digest !== undefined && (RepoDigests ?? []).some((it) => it.endsWith(`@${digest}`))),
        );
        return [reference, image?.Architecture] as const;
    });
    return new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** The Docker engine of an environment. */
export class Engine {
    /**
     * @param env - environment of the docker client, as `clientEnvironment` makes it
     * @param choice - the engine that it chooses, and why
     */
    constructor(
        private readonly env: NodeJS.ProcessEnv,
        readonly choice: EngineChoice = chooseEngine({}, surroundings(env)),
    ) {}

    /** Runs the docker client. */
    docker(args: readonly string[], timeout = 60_000): Promise<Ended> {
        return run("docker", args, { env: this.env, timeout });
    }

    /** Version of the server, or `undefined` when it does not answer. */
    async version(): Promise<EngineVersion | undefined> {
        const answer = await this.answer();
        return "silence" in answer ? undefined : answer;
    }

    /** Version of the server, or why it does not answer. */
    async answer(): Promise<EngineVersion | { readonly silence: Silence }> {
        const asked = await this.docker(["version", "--format", VERSION_FORMAT], ANSWER_MILLISECONDS);
        const [version, api, os, arch] = asked.stdout.trim().split(" ");
        return asked.code === 0 && version && api && os && arch
            ? { version, api, os, arch }
            : { silence: this.explain(asked) };
    }

    /** A failure that says why the engine does not answer. */
    silent(silence: Silence): Failure {
        return new Failure(silence.value, silence.next);
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

    /** `docker info`, or `undefined` when it is not told. */
    async info(): Promise<EngineInfo | undefined> {
        const asked = await this.docker(["info", "--format", "{{json .}}"], ANSWER_MILLISECONDS);
        return asked.code === 0 ? (JSON.parse(asked.stdout) as EngineInfo) : undefined;
    }

    /**
     * What tells the engine from others: its machine, its data folder and its id. The id alone does not: machines that are made from one
     * image share it, and so do two engines of one machine before Docker 24. All three can change while the engine stays the same one.
     *
     * @returns `undefined` when it is not told
     */
    async identity(): Promise<string | undefined> {
        const told = await this.info();
        return told && told.ID ? `${told.Name ?? ""} ${told.DockerRootDir} ${told.ID}` : undefined;
    }

    /** All running containers of the engine, whoever made them. */
    async running(): Promise<RunningContainer[]> {
        const ids = (await this.ask(["ps", "-q", "--no-trunc"])).split("\n").filter(Boolean);
        return (await this.inspect("container", ids)).map(describeContainer);
    }

    /** All networks of the engine, whoever made them. */
    async allNetworks(): Promise<EngineNetwork[]> {
        const ids = (await this.ask(["network", "ls", "-q", "--no-trunc"])).split("\n").filter(Boolean);
        return (await this.inspect("network", ids)).map(describeNetwork);
    }

    /** Processors of those images that the engine has, by reference. */
    async architectures(references: readonly string[]): Promise<ReadonlyMap<string, string>> {
        return matchImages(references, await this.inspect("image", [...new Set(references)]));
    }

    /** What an environment's networks and containers were made with. */
    async madeWith(environment: string): Promise<MadeWith> {
        const [networks, containers] = await Promise.all([
            this.list(["network", "ls", "-q", "--no-trunc"], environment),
            this.list(["ps", "-aq", "--no-trunc"], environment),
        ]);
        return readMadeWith(await this.inspect("network", networks), await this.inspect("container", containers));
    }

    /** Volumes by name, whatever their labels. Names that the engine does not know are left out. */
    async volumesNamed(names: readonly string[]): Promise<InspectedVolume[]> {
        const [inspected, version] = await Promise.all([this.inspect("volume", names), this.version()]);
        const keepsCreation = isAtLeast(version?.api, VOLUME_CREATION_API);
        return (inspected as { Name: string; CreatedAt?: string; Labels: Record<string, string> | null }[]).map(
            (it) => ({
                name: it.Name,
                labels: it.Labels ?? {},
                created: keepsCreation ? Date.parse(it.CreatedAt ?? "") : NaN,
            }),
        );
    }

    /** All objects of a kind on the engine, whoever made them. */
    async all(kind: ObjectKind): Promise<NamedObject[]> {
        const [verb, id, name] = LISTS[kind];
        const labels = [LABEL.environment, COMPOSE_PROJECT].map((label) => `{{.Label "${label}"}}`);
        const text = await this.ask([...verb, "--format", [id, name, ...labels].join("\t")]);
        return text.split("\n").flatMap((line) => {
            const [id = "", name = "", environment = "", composeProject = ""] = line.split("\t");
            if (id === "") return [];
            const owner = { environment: environment || undefined, composeProject: composeProject || undefined };
            return name.split(",").map((each) => ({ id, name: each, ...owner }));
        });
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
            if (asked.code !== 0 && !saysGone(asked.stderr)) {
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
        if (asked.code !== 0 && !saysGone(asked.stderr)) throw await this.failed(asked);
        return JSON.parse(asked.stdout || "[]") as unknown[];
    }

    private async list(command: readonly string[], environment: string): Promise<string[]> {
        const text = await this.ask([...command, "--filter", `label=${LABEL.environment}=${environment}`]);
        return text.split("\n").filter(Boolean);
    }

    private async ask(args: readonly string[]): Promise<string> {
        const asked = await this.docker(args);
        if (asked.code !== 0) throw await this.failed(asked);
        return asked.stdout;
    }

    private explain(asked: Ended): Silence {
        return explainSilence(this.choice, asked, readHost(this.choice, this.env));
    }

    /** A call that failed although the engine answers is the call's fault, and says so in the client's words. */
    private async failed(asked: Ended): Promise<Failure> {
        const answer = await this.answer();
        if ("silence" in answer) return this.silent(answer.silence);
        return new Failure(`the Docker engine refused: ${lastWords(asked)}`, `run: ${npmRun("doctor")}`);
    }
}
