/** Chooses the Docker engine of an environment, and says why. Every docker call of strata goes to the engine chosen here. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { clientVariables } from "../model/engine-host";
import { EngineError } from "./error";

/** Setting that decided the choice: `strata:engine.host`, `DOCKER_HOST`, the docker client's context, or a socket in its usual place. */
export type EngineSource = "stack" | "variable" | "context" | "socket";

/** The chosen engine: its address, and the reason for the choice. */
export interface EngineChoice {
    /** `unix:///…`, `ssh://…` or `tcp://…`. */
    readonly host: string;
    readonly source: EngineSource;
    /** Reason for the choice, in words, for example `the docker context "colima"`. */
    readonly because: string;
    /** Folder with `ca.pem`, `cert.pem` and `key.pem`; only for an engine reached over TLS. */
    readonly certPath?: string;
    /** The caller's variables that would choose another engine, sorted. They are left out of every docker call. */
    readonly ignored: readonly string[];
}

/** The engine settings of a stack file. */
export interface WrittenEngine {
    readonly host?: string;
    readonly certPath?: string;
}

/** Inputs of the choice: the caller's variables, and the files that the docker client reads. */
export interface Surroundings {
    readonly variables: NodeJS.ProcessEnv;
    readonly home: string;
    /** A file's text, or `undefined` when there is none. */
    readonly read: (path: string) => string | undefined;
    readonly exists: (path: string) => boolean;
}

/** The engine's socket, where Docker's packages put it. */
export const DEFAULT_SOCKET = "/var/run/docker.sock";

/** Variables with which a docker client, or the docker provider, would choose an engine by itself. */
const CHOOSING = [
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_SSH_OPTS",
    "DOCKER_CA_MATERIAL",
    "DOCKER_CERT_MATERIAL",
    "DOCKER_KEY_MATERIAL",
] as const;

/** The surroundings of this process. */
export function surroundings(variables: NodeJS.ProcessEnv = process.env): Surroundings {
    return {
        variables,
        home: variables.HOME ?? homedir(),
        exists: existsSync,
        read: (path) => {
            try {
                return readFileSync(path, "utf8");
            } catch {
                return undefined;
            }
        },
    };
}

/**
 * Chooses an engine: from the stack file, else `DOCKER_HOST`, else the docker client's current context, else the first socket that
 * exists in a usual place. This is the docker client's own order, with the stack file in front.
 *
 * @throws EngineError when the deciding setting cannot be used: an unknown context, or an engine in clear text
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export function chooseEngine(written: WrittenEngine, around: Surroundings): EngineChoice {
    const { variables } = around;
    if (written.host !== undefined) {
        const certPath = written.certPath ?? certificatesOf(around);
        return settled("stack", written.host, "strata:engine.host of the stack file", certPath, around);
    }
    if (isSet(variables.DOCKER_HOST)) {
        return settled("variable", withScheme(variables.DOCKER_HOST), "DOCKER_HOST", certificatesOf(around), around);
    }
    const context = currentContext(around);
    if (context !== undefined) return fromContext(context.name, context.because, around);
    const path = socketPaths(around).find((it) => around.exists(it)) ?? DEFAULT_SOCKET;
    const because = path === DEFAULT_SOCKET ? "the default socket" : `${DEFAULT_SOCKET} does not exist, ${path} does`;
    return settled("socket", `unix://${path}`, because, undefined, around);
}

/** A caller's environment with the chosen engine, and without the variables that would choose another one. */
export function clientEnvironment(choice: EngineChoice, variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const others = Object.entries(variables).filter(([name]) => !(CHOOSING as readonly string[]).includes(name));
    return { ...Object.fromEntries(others), ...clientVariables(choice) };
}

/** The path of a socket on this machine, or `undefined` for an engine that is reached over a network. */
export function socketOf({ host }: Pick<EngineChoice, "host">): string | undefined {
    return host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
}

/** A choice in words, for example `unix:///run/user/1000/docker.sock (DOCKER_HOST)`. */
export function describeChoice({ host, because }: Pick<EngineChoice, "host" | "because">): string {
    return `${host} (${because})`;
}

function settled(
    source: EngineSource,
    host: string,
    because: string,
    certPath: string | undefined,
    { variables }: Surroundings,
): EngineChoice {
    if (!/^(unix:\/\/\/|ssh:\/\/.|tcp:\/\/.)/.test(host)) {
        throw new EngineError(
            `the Docker engine ${JSON.stringify(host)} (${because}) cannot be used; accepted: unix:///path, ssh://user@host, tcp://host:port with TLS`,
            "name an engine of one of these forms in strata:engine.host of the stack file, or unset what names this one",
        );
    }
    const overTls = host.startsWith("tcp:");
    if (overTls && certPath === undefined) {
        throw new EngineError(
            `the Docker engine ${host} (${because}) is reached in clear text, and every secret of the stack goes there; accepted: TLS with a known authority, ssh, or a socket`,
            "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem, or use ssh://user@host",
        );
    }
    const used = new Set<string>([
        ...(source === "variable" ? ["DOCKER_HOST"] : []),
        ...(source === "context" ? ["DOCKER_CONTEXT"] : []),
        ...(overTls ? ["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] : []),
    ]);
    return {
        host,
        source,
        because,
        ...(overTls && certPath !== undefined && { certPath }),
        ignored: CHOOSING.filter((name) => isSet(variables[name]) && !used.has(name)).sort(),
    };
}

/** Folder of the client certificates that the variables name. They are used only for an engine reached over TLS. */
function certificatesOf({ variables, home }: Surroundings): string | undefined {
    if (!isSet(variables.DOCKER_TLS_VERIFY)) return undefined;
    return isSet(variables.DOCKER_CERT_PATH) ? variables.DOCKER_CERT_PATH : join(home, ".docker");
}

/** An address with a scheme: the docker client takes `host:2375` for TCP. */
function withScheme(host: string): string {
    return /^[\w.-]+:\d+$/.test(host) ? `tcp://${host}` : host;
}

/** The chosen context, unless it is `default`, which stands for the default socket. */
function currentContext(around: Surroundings): { name: string; because: string } | undefined {
    const { variables } = around;
    const named = variables.DOCKER_CONTEXT;
    if (isSet(named)) return named === "default" ? undefined : { name: named, because: `DOCKER_CONTEXT=${named}` };
    const text = around.read(join(clientFolder(around), "config.json"));
    const name = text === undefined ? undefined : (parsed(text) as { currentContext?: unknown }).currentContext;
    return typeof name === "string" && name !== "" && name !== "default"
        ? { name, because: `the docker context "${name}"` }
        : undefined;
}

/** The engine of a context. The client keeps each context in a folder named after the SHA-256 of the context's name. */
function fromContext(name: string, because: string, around: Surroundings): EngineChoice {
    const key = createHash("sha256").update(name).digest("hex");
    const contexts = join(clientFolder(around), "contexts");
    const text = around.read(join(contexts, "meta", key, "meta.json"));
    const meta = (text === undefined ? {} : parsed(text)) as {
        Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } };
    };
    const endpoint = meta.Endpoints?.docker;
    if (typeof endpoint?.Host !== "string" || endpoint.Host === "") {
        throw new EngineError(
            `${because} names a docker context that does not exist; accepted: a context of this user`,
            "list them with: docker context ls; then: docker context use <name>, or unset DOCKER_CONTEXT",
        );
    }
    const tls = join(contexts, "tls", key, "docker");
    const certified = endpoint.SkipTLSVerify !== true && around.exists(join(tls, "ca.pem"));
    return settled("context", endpoint.Host, because, certified ? tls : undefined, around);
}

function clientFolder({ variables, home }: Surroundings): string {
    return isSet(variables.DOCKER_CONFIG) ? variables.DOCKER_CONFIG : join(home, ".docker");
}

/** Usual sockets of the system's engine, of a rootless engine and of Docker Desktop. */
function socketPaths({ variables, home }: Surroundings): string[] {
    const runtime = variables.XDG_RUNTIME_DIR;
    return [
        DEFAULT_SOCKET,
        ...(isSet(runtime) ? [join(runtime, "docker.sock")] : []),
        join(home, ".docker", "run", "docker.sock"),
    ];
}

function parsed(text: string): object {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && value !== null ? value : {};
    } catch {
        return {};
    }
}

function isSet(value: string | undefined): value is string {
    return value !== undefined && value !== "";
}
