/** What the isolation probe needs of the Docker engine: what runs where, and one throw-away container per source. */

import { execFile } from "node:child_process";

import { LABEL, type VolumePurpose } from "../model/names";
import type { Answer, Answers } from "./judge";
import { powersOf, type Rights } from "./powers";

/** Runs the docker client and never throws: a client that cannot be started ends with 127. */
export type Docker = (args: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }>;

/**
 * The docker client of one engine.
 *
 * @param env - the client's whole environment: it names the engine, so that no call can reach another one
 */
export function dockerClient(env: NodeJS.ProcessEnv): Docker {
    const options = { env, timeout: 120_000, maxBuffer: 64 << 20 };
    return (args) =>
        new Promise((resolve) => {
            execFile("docker", [...args], options, (error, stdout, stderr) => {
                const code = error === null ? 0 : typeof error.code === "number" ? error.code : 127;
                resolve({ code, stdout, stderr: stderr || (error?.message ?? "") });
            });
        });
}

/** A labelled container that is no one-shot. */
export interface LiveContainer {
    readonly id: string;
    readonly name: string;
    /** Value of the label `strata.service`. */
    readonly service: string;
    readonly running: boolean;
    /** Name servers that it was given; empty when it has the engine's own. */
    readonly nameServers: readonly string[];
    /** One per attached network. */
    readonly addresses: readonly LiveAddress[];
}

/** What a container has in a network that it is attached to. */
export interface LiveAddress {
    readonly network: string;
    /** IPv4 address; empty when it has none, as in a network of IPv6 alone. */
    readonly address: string;
    /** Only where it has one. */
    readonly ipv6?: string;
}

/** A labelled volume. */
export interface LiveVolume {
    readonly name: string;
    /** Value of the label `strata.service`. */
    readonly service: string;
    /** What it is for; a volume that does not say holds data. */
    readonly purpose: VolumePurpose;
    /** Where it is on the engine's machine. */
    readonly folder: string;
}

/** Any container of the engine, running or not, with what it has in its file system. */
export interface LiveMounts {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly isRunning: boolean;
    readonly mounts: readonly LiveMount[];
    /** Paths of devices of the engine's machine that it may use. */
    readonly devices: readonly string[];
    /** Rights by which it gets at files that it does not mount: see `powers.ts`. */
    readonly powers: readonly string[];
}

/** A folder that a container has in its file system; one with several names is listed by each. */
export interface LiveMount {
    /** Missing for a folder of the engine's machine. */
    readonly volume?: string;
    /** On the engine's machine; empty for what is on none of its disks. */
    readonly folder: string;
    /** Somebody chose where it is: it is no volume that the engine made a folder for. */
    readonly isForeign: boolean;
}

/** A container that lives in another one's namespaces: what that one reaches, it reaches. */
export interface LiveGuest {
    readonly name: string;
    /** Id or name of the other one. */
    readonly host: string;
}

/** A labelled network. */
export interface LiveNetwork {
    readonly name: string;
    readonly members: readonly { readonly id: string; readonly name: string }[];
}

/** Value of `strata.role` on the probe's containers, by which they are found and removed. */
export const PROBE_ROLE = "probe";

interface InspectedContainer {
    readonly Id: string;
    readonly Name: string;
    readonly State: { readonly Running: boolean };
    readonly Config: { readonly Labels: Readonly<Record<string, string>> | null; readonly Image?: string };
    readonly HostConfig: Rights & {
        readonly Dns: readonly string[] | null;
        readonly NetworkMode?: string;
        readonly IpcMode?: string;
        readonly Devices?: readonly { readonly PathOnHost: string }[] | null;
    };
    readonly NetworkSettings: {
        readonly Networks: Readonly<
            Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address?: string }>
        > | null;
    };
    readonly Mounts?: readonly { readonly Type: string; readonly Name?: string; readonly Source?: string }[] | null;
}

interface InspectedVolume {
    readonly Name: string;
    readonly Driver?: string;
    readonly Mountpoint: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Options: Readonly<Record<string, string>> | null;
}

interface InspectedNetwork {
    readonly Name: string;
    readonly Containers: Readonly<Record<string, { readonly Name: string }>> | null;
}

/** The environment's containers, sorted by name. @throws Error when the engine does not answer */
export async function liveContainers(run: Docker, environment: string): Promise<LiveContainer[]> {
    const ids = await list(run, ["ps", "-aq", "--no-trunc"], environment);
    const inspected = await inspect<InspectedContainer>(run, "container", ids);
    return inspected
        .filter(({ Config }) => Config.Labels?.[LABEL.role] === undefined)
        .map(({ Id, Name, State, Config, HostConfig, NetworkSettings }) => ({
            id: Id,
            name: Name.replace(/^\//, ""),
            service: Config.Labels?.[LABEL.service] ?? "",
            running: State.Running,
            nameServers: HostConfig.Dns ?? [],
            addresses: Object.entries(NetworkSettings.Networks ?? {}).map(
                ([network, { IPAddress, GlobalIPv6Address = "" }]) => ({
                    network,
                    address: IPAddress,
                    ...(GlobalIPv6Address !== "" && { ipv6: GlobalIPv6Address }),
                }),
            ),
        }))
        .sort((a, b) => a.name.localeCompare(b.name));
}

/** Everything on the engine that lives in another container's namespaces, except the probe. @throws Error when it does not answer */
export async function liveGuests(run: Docker): Promise<LiveGuest[]> {
    const ids = await list(run, ["ps", "-q", "--no-trunc"]);
    const inspected = await inspect<InspectedContainer>(run, "container", ids);
    return inspected
        .filter(({ Config }) => Config.Labels?.[LABEL.role] !== PROBE_ROLE)
        .flatMap(({ Name, HostConfig: { NetworkMode, PidMode, IpcMode } }) => {
            const hosts = [NetworkMode, PidMode, IpcMode].map((mode) => /^container:(.+)$/.exec(mode ?? "")?.[1]);
            return [...new Set(hosts.filter((it) => it !== undefined))].map((host) => ({
                name: Name.replace(/^\//, ""),
                host,
            }));
        });
}

/** The environment's networks and who is in them. @throws Error when the engine does not answer */
export async function liveNetworks(run: Docker, environment: string): Promise<LiveNetwork[]> {
    const ids = await list(run, ["network", "ls", "-q", "--no-trunc"], environment);
    const inspected = await inspect<InspectedNetwork>(run, "network", ids);
    return inspected.map((network) => ({
        name: network.Name,
        members: Object.entries(network.Containers ?? {}).map(([id, member]) => ({ id, name: member.Name })),
    }));
}

/** The environment's volumes. @throws Error when the engine does not answer */
export async function liveVolumes(run: Docker, environment: string): Promise<LiveVolume[]> {
    const names = await list(run, ["volume", "ls", "-q"], environment);
    const inspected = await inspect<InspectedVolume>(run, "volume", names);
    return inspected.map(({ Name, Mountpoint, Labels }) => {
        const purpose = Labels?.[LABEL.purpose];
        return {
            name: Name,
            service: Labels?.[LABEL.service] ?? "",
            purpose: purpose === "files" || purpose === "secrets" ? purpose : "data",
            folder: Mountpoint,
        };
    });
}

/**
 * What every container of the engine mounts and may, except the probe of another `verify`.
 *
 * @param probeImage - reference of the probe's image
 * @throws Error when the engine does not answer
 */
export async function liveMounts(run: Docker, probeImage: string): Promise<LiveMounts[]> {
    const containers = await inspect<InspectedContainer>(
        run,
        "container",
        await list(run, ["ps", "-aq", "--no-trunc"]),
    );
    const volumes = await inspect<InspectedVolume>(run, "volume", await list(run, ["volume", "ls", "-q"]));
    const byName = new Map(volumes.map((volume) => [volume.Name, volume]));
    return containers
        .filter(({ Config }) => Config.Labels?.[LABEL.role] !== PROBE_ROLE || Config.Image !== probeImage)
        .map(({ Name, State, Config, HostConfig, Mounts }) => ({
            name: Name.replace(/^\//, ""),
            labels: Config.Labels ?? {},
            isRunning: State.Running,
            mounts: (Mounts ?? []).flatMap(({ Type, Name: volume, Source = "" }): LiveMount[] => {
                if (Type !== "volume" || volume === undefined) return [{ folder: Source, isForeign: Type === "bind" }];
                const others = foldersOf(byName.get(volume));
                const isForeign = others.length > 0 || (byName.get(volume)?.Driver ?? LOCAL_DRIVER) !== LOCAL_DRIVER;
                return [
                    { volume, folder: Source, isForeign },
                    ...others.map((folder) => ({ volume, folder, isForeign: false })),
                ];
            }),
            devices: (HostConfig.Devices ?? []).map(({ PathOnHost }) => PathOnHost),
            powers: powersOf(HostConfig),
        }));
}

/** Driver of volumes that are folders of the engine's own. */
const LOCAL_DRIVER = "local";

/**
 * A volume can be another name of a folder, also of one that is a volume: by `device`, or as a layer of an overlay. Paths of another
 * machine are none of these.
 */
function foldersOf(volume: InspectedVolume | undefined): string[] {
    const { device = "", o = "" } = volume?.Options ?? {};
    if (/(^|,)addr=/.test(o)) return [];
    const layers = o.split(",").flatMap((option) => /^(?:lower|upper)dir=(.+)$/.exec(option)?.[1]?.split(":") ?? []);
    return [device, ...layers].filter((path) => path.startsWith("/"));
}

/** How to probe. */
export interface ProbeOptions {
    readonly environment: string;
    /** Reference of the image made from `offline/images/probe`. */
    readonly image: string;
    /** Milliseconds to wait for each address. */
    readonly timeout: number;
}

/**
 * Asks all addresses at once from inside a container's network namespace. The probe's container has no privilege that
 * the source has not: what it cannot reach, the source cannot.
 */
export async function probeFrom(
    run: Docker,
    source: LiveContainer,
    addresses: readonly string[],
    { environment, image, timeout }: ProbeOptions,
): Promise<Answers> {
    const asked = await run([
        "run",
        "--rm",
        `--network=container:${source.id}`,
        `--name=${source.name}-${PROBE_ROLE}`,
        `--label=${LABEL.environment}=${environment}`,
        `--label=${LABEL.role}=${PROBE_ROLE}`,
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges:true",
        "--read-only",
        "--user=65532:65532",
        "--pull=never",
        "--memory=64m",
        "--log-driver=none",
        image,
        "connect",
        `--timeout=${timeout}ms`,
        ...new Set(addresses),
    ]);
    const answers = readAnswers(asked.stdout);
    // 0, 1 and 2 are the probe's own; with 2 some attempts may have failed, which their lines say.
    if (asked.code > 2 || answers.size === 0) {
        const why = asked.stderr.trim().split("\n").at(-1) ?? "";
        return { problem: `the probe in ${source.name} ended with ${asked.code}: ${why}` };
    }
    return { answers };
}

/**
 * Starts the probe once, without a network.
 *
 * @returns whether its image is for another processor than the engine's; other failures show where it is needed
 */
export async function isProbeForeign(run: Docker, image: string): Promise<boolean> {
    const hardened = ["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only", "--user=65532:65532"];
    const { stdout, stderr } = await run([
        ...["run", "--rm", "--network=none", "--pull=never", `--label=${LABEL.role}=${PROBE_ROLE}`, ...hardened],
        ...[image, "connect", "127.0.0.1:1"],
    ]);
    return /exec format error/i.test(`${stdout}${stderr}`);
}

/** Reads the probe's lines; what is no answer is left out, and its cells could not be told. */
export function readAnswers(text: string): Map<string, Answer> {
    const answers = new Map<string, Answer>();
    for (const line of text.split("\n")) {
        try {
            const { address, verdict, status } = JSON.parse(line) as Answer & { address: string };
            answers.set(address, { verdict, ...(status !== undefined && { status }) });
        } catch {
            continue;
        }
    }
    return answers;
}

/** Removes probe containers that an interrupted run left behind. */
export async function removeProbes(run: Docker, environment: string): Promise<void> {
    const role = ["--filter", `label=${LABEL.role}=${PROBE_ROLE}`];
    const ids = await list(run, ["ps", "-aq", "--no-trunc", ...role], environment);
    if (ids.length > 0) {
        await run(["rm", "--force", ...ids]);
    }
}

async function list(run: Docker, command: readonly string[], environment?: string): Promise<string[]> {
    const own = environment === undefined ? [] : ["--filter", `label=${LABEL.environment}=${environment}`];
    const asked = await run([...command, ...own]);
    if (asked.code !== 0) {
        throw new Error(`the Docker engine does not answer: ${asked.stderr.trim()}`);
    }
    return asked.stdout.split("\n").filter((line) => line !== "");
}

/** Whether the client says that objects which it was asked for are not there; for networks the engine has words of its own. */
export function saysGone(stderr: string): boolean {
    return /no such (object|container|network|volume|image)|(network|volume|container) \S+ not found/i.test(stderr);
}

async function inspect<T>(run: Docker, kind: string, ids: readonly string[]): Promise<T[]> {
    if (ids.length === 0) {
        return [];
    }
    const asked = await run([kind, "inspect", ...ids]);
    // What disappeared between the two commands is left out; the others are on standard output.
    if (asked.code !== 0 && !saysGone(asked.stderr)) {
        throw new Error(`docker ${kind} inspect: ${asked.stderr.trim()}`);
    }
    return JSON.parse(asked.stdout === "" ? "[]" : asked.stdout) as T[];
}
