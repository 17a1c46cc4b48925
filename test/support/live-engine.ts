/** Calls the real engine, for tests that read containers without strata's own code in between. */

import { spawn } from "node:child_process";

import { isAmong, RESERVED_FOR_TESTS } from "../../model/environments";
import { LABEL } from "../../model/names";
import { Engine } from "../../engine/engine";
import { REMOVE } from "../../engine/objects";

/** Result of a program that ended. */
export interface Ended {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Options of {@link run}. */
export interface StartOptions {
    readonly input?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    /** Milliseconds until it is killed. @default 300 000 */
    readonly timeout?: number;
}

/** Runs a program to its end; never throws. */
export function run(command: string, args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return new Promise((resolve) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            timeout: options.timeout ?? 300_000,
            killSignal: "SIGKILL",
        });
        const output = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
        child.on("error", (error) => resolve({ code: 127, stdout: "", stderr: error.message }));
        child.on("close", (code) => resolve({ code: code ?? 137, ...output }));
        child.stdin.on("error", () => undefined);
        child.stdin.end(options.input ?? "");
    });
}

/** Runs the docker client. @returns standard output @throws Error when it does not end with 0 */
export async function docker(args: readonly string[], options: StartOptions = {}): Promise<string> {
    const ended = await run("docker", args, options);
    if (ended.code !== 0) {
        throw new Error(
            `docker ${args.slice(0, 3).join(" ")} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`,
        );
    }
    return ended.stdout;
}

/** The engine that the tests use, for the isolation probe. */
export const testEngine = new Engine(process.env);

/** The part of `docker inspect` that the tests read. */
export interface Inspected {
    readonly Id: string;
    readonly Name: string;
    readonly State: { readonly Running: boolean; readonly Pid: number; readonly Health?: { readonly Status: string } };
    readonly Config: {
        readonly User: string;
        readonly Image: string;
        readonly Labels: Readonly<Record<string, string>>;
        readonly Healthcheck?: { readonly Test?: readonly string[] };
    };
    readonly HostConfig: {
        readonly Binds: readonly string[] | null;
        readonly CapAdd: readonly string[] | null;
        readonly CapDrop: readonly string[] | null;
        readonly IpcMode: string;
        readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
        readonly Memory: number;
        readonly MemorySwap: number;
        readonly NanoCpus: number;
        readonly NetworkMode: string;
        readonly PidMode: string;
        readonly PortBindings: Readonly<
            Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>
        > | null;
        readonly Privileged: boolean;
        readonly ReadonlyRootfs: boolean;
        readonly RestartPolicy: { readonly Name: string };
        readonly SecurityOpt: readonly string[] | null;
        readonly ShmSize: number;
    };
    readonly Mounts: readonly { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
    readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Kinds of objects that carry the environment's label. */
export const KINDS = ["container", "network", "volume"] as const;

/** Lists all objects of a kind. */
export const LIST: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
    container: ["container", "ls", "--all", "--no-trunc"],
    network: ["network", "ls", "--no-trunc"],
    volume: ["volume", "ls"],
};

/** Ids (of volumes: names) of an environment's objects. */
export async function labelled(kind: (typeof KINDS)[number], environment: string): Promise<string[]> {
    const filter = ["--filter", `label=${LABEL.environment}=${environment}`];
    return (await docker([...LIST[kind], "--quiet", ...filter])).split("\n").filter(Boolean);
}

/** The environment's containers, one-shots too, sorted by name. */
export async function inspectAll(environment: string): Promise<Inspected[]> {
    const ids = await labelled("container", environment);
    if (ids.length === 0) {
        return [];
    }
    const { stdout } = await run("docker", ["container", "inspect", ...ids]);
    const found = JSON.parse(stdout) as Inspected[];
    return found.sort((a, b) => a.Name.localeCompare(b.Name));
}

/** Only the services' containers. */
export async function inspectServices(environment: string): Promise<Inspected[]> {
    return (await inspectAll(environment)).filter(({ Config }) => Config.Labels[LABEL.role] === undefined);
}

/** One container by name. @throws Error when it does not exist */
export async function inspect(name: string): Promise<Inspected> {
    const [found] = JSON.parse(await docker(["container", "inspect", name])) as Inspected[];
    if (found === undefined) {
        throw new Error(`no container ${name}`);
    }
    return found;
}

/** Creates a network for containers that publish a port. An engine may not have the default one. @returns the option of `docker run` */
export async function networkOf(environment: string): Promise<string> {
    await docker(["network", "create", `--label=${LABEL.environment}=${environment}`, environment]);
    return `--network=${environment}`;
}

/**
 * Removes every object with the environment's label, and nothing else.
 *
 * @throws Error for an environment that may be a person's: its name is not reserved for tests
 */
export async function removeLabelled(environment: string): Promise<void> {
    refuseUnreserved(environment);
    for (const kind of KINDS) {
        const ids = await labelled(kind, environment);
        if (ids.length > 0) {
            // An object that disappears meanwhile is no error.
            await run("docker", [...REMOVE[kind], ...ids]);
        }
    }
}

/** @throws Error for a name that is not reserved for tests */
export function refuseUnreserved(environment: string): void {
    if (isAmong(environment, RESERVED_FOR_TESTS)) return;
    throw new Error(`${environment} may be a person's: tests use names of RESERVED_FOR_TESTS in model/environments.ts`);
}

/** A disposable container in another container's network. */
export interface GuestOptions extends StartOptions {
    readonly environment: string;
    /** Container whose network namespace is used. */
    readonly of: string;
    readonly image: string;
    /** Entry point. @default the image's own */
    readonly entrypoint?: string;
    readonly command: readonly string[];
    /** Volume that is mounted at `/etc/strata`, where the container {@link of} has its own files. */
    readonly files?: string;
}

/** Runs a program in a container's network: it reaches what the container reaches. Never throws. */
export function asGuestOf({
    environment,
    of,
    image,
    entrypoint,
    command,
    files,
    ...options
}: GuestOptions): Promise<Ended> {
    const entry = entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`];
    const mount = files === undefined ? [] : [`--volume=${files}:/etc/strata:ro`];
    const labels = [`--label=${LABEL.environment}=${environment}`, `--label=${LABEL.role}=test`];
    const args = [
        "run",
        "--rm",
        "--interactive",
        `--network=container:${of}`,
        "--cap-drop=ALL",
        ...labels,
        ...mount,
        ...entry,
    ];
    return run("docker", [...args, image, ...command], options);
}
