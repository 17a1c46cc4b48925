/** Which Docker engine an environment uses, and why that one. Every docker call of strata goes to the engine chosen here. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { clientVariables } from "../model/engine-host";
import { EngineError } from "./error";

/** What decided: `strata:engine.host`, `DOCKER_HOST`, the docker client's context, or a socket in its usual place. */
export type EngineSource = "stack" | "variable" | "context" | "socket";

/** The engine, and how it is reached. */
export interface EngineChoice {
    /** `unix:///…`, `ssh://…` or `tcp://…`. */
    readonly host: string;
    readonly source: EngineSource;
    /** For people, for example `the docker context "colima"`. */
    readonly because: string;
    /** Folder with `ca.pem`, `cert.pem` and `key.pem`; only for an engine reached over TLS. */
    readonly certPath?: string;
    /** Variables of the caller that lead elsewhere and are left out of every docker call, sorted. */
    readonly ignored: readonly string[];
}

/** What a stack file says about its engine. */
export interface WrittenEngine {
    readonly host?: string;
    readonly certPath?: string;
}

/** Where the choice is made: the caller's variables, and the files that the docker client reads. */
export interface Surroundings {
    readonly variables: NodeJS.ProcessEnv;
    readonly home: string;
    /** A file's text, or `undefined` when there is none. */
    readonly read: (path: string) => string | undefined;
    readonly exists: (path: string) => boolean;
}

/** Where Docker's packages put the socket. */
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
 * Chooses: the stack file, else `DOCKER_HOST`, else the docker client's current context, else the first socket that exists in
 * a usual place. The same order as the docker client's own, with the stack file in front.
 *
 * @throws EngineError when what decides cannot be used: an unknown context, or an engine in clear text
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

/** A caller's environment with the engine chosen here, and without what would choose another one. */
export function clientEnvironment(choice: EngineChoice, variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const others = Object.entries(variables).filter(([name]) => !(CHOOSING as readonly string[]).includes(name));
    return { ...Object.fromEntries(others), ...clientVariables(choice) };
}

/** The path of a socket on this machine, or `undefined` for an engine that is reached over a network. */
export function socketOf({ host }: Pick<EngineChoice, "host">): string | undefined {
    return host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
}

/** `unix:///run/user/1000/docker.sock (DOCKER_HOST)`. */
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

/** Client certificates that the variables name. They are used for an engine reached over TLS, and for no other. */
function certificatesOf({ variables, home }: Surroundings): string | undefined {
    if (!isSet(variables.DOCKER_TLS_VERIFY)) return undefined;
    return isSet(variables.DOCKER_CERT_PATH) ? variables.DOCKER_CERT_PATH : join(home, ".docker");
}

/** The docker client takes `host:2375` for TCP. */
function withScheme(host: string): string {
    return /^[\w.-]+:\d+$/.test(host) ? `tcp://${host}` : host;
}

/** A context that is chosen, unless it is the one that stands for the default socket. */
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

/** The client keeps each context below the SHA-256 of its name. */
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

/** The system's engine, a rootless one, Docker Desktop's. */
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
