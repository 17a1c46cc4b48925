/**
 * The edge by itself: the real Traefik with the program's configuration, in front of services that record the requests that reach them.
 * Every service has its own address in 127.0.1.0/24, so that its port does not collide with other programs on the machine.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

import type { EdgeSettings } from "../../components/edge/traefik/kind";
import { dynamicConfiguration } from "../../components/edge/traefik/dynamic";
import { staticConfiguration } from "../../components/edge/traefik/static";
import { LABEL } from "../../model/names";
import type { Platform } from "../../model/platform";
import { EDGE } from "../../components/edge/traefik/kind";
import { eventually } from "./eventually";
import { imageOf } from "./images";
import { docker, removeLabelled, run } from "./live-engine";

/** A request as a service saw it. */
export interface Seen {
    readonly service: string;
    readonly method: string;
    readonly url: string;
    /** Names and values in turn, as received. */
    readonly rawHeaders: readonly string[];
    /** Bytes of the body; -1 when it was cut off. */
    readonly bytes: number;
}

/** Answers a request in place of a service. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** Options of {@link startEdge}. */
export interface StandOptions {
    /** Name of the environment; its containers are removed before and after. */
    readonly environment: string;
    readonly platform: Platform;
    readonly settings: EdgeSettings;
    /** Address of the edge on this machine, in 127.0.0.0/8. Stands that run at the same time need different addresses. */
    readonly address: string;
    /** Behaviours by service. @default 200, with the service's name as JSON */
    readonly behaviours?: Readonly<Record<string, Behaviour>>;
    /** Addresses on this machine of services that are real, by service. @default none */
    readonly real?: Readonly<Record<string, string>>;
}

/** A running edge. */
export interface EdgeStand {
    readonly address: string;
    /** Ports by entry point. */
    readonly ports: Readonly<Record<string, number>>;
    /** Requests that reached services, oldest first. */
    readonly seen: Seen[];
    /** Certificate of the authority. */
    readonly authority: string;
    readonly container: string;
    /** Traefik's whole log. */
    log(): Promise<string>;
    stop(): Promise<void>;
}

/** Address from which the host's own connections reach the management entry points. */
export const HOST_ADDRESS = "127.0.0.1";

/** Starts the edge and its services. */
export async function startEdge(options: StandOptions): Promise<EdgeStand> {
    const { environment, platform, settings, address } = options;
    await removeLabelled(environment);
    const edge = platform.services.find(({ name }) => name === EDGE);
    if (edge === undefined) throw new Error("the platform has no edge");
    const folder = mkdtempSync(join(tmpdir(), "strata-edge-"));
    const seen: Seen[] = [];
    const rules = dynamicConfiguration(platform, edge, HOST_ADDRESS, settings) as {
        http: { services: Record<string, { loadBalancer: { servers: { url: string }[] } }> };
    };
    const urls = Object.values(rules.http.services).flatMap(({ loadBalancer }) =>
        loadBalancer.servers.map(({ url }) => new URL(url)),
    );
    const services = [...new Map(urls.map((url) => [url.hostname, Number(url.port)]))];
    const { real = {}, behaviours = {} } = options;
    const { names, servers } = await startServices(
        services.filter(([name]) => real[name] === undefined),
        seen,
        behaviours,
    );

    const authority = made(["authority"]);
    const hosts = platform.services.flatMap(({ routes }) => routes.map(({ host }) => host));
    const certificate = made(["certificate"], JSON.stringify({ names: hosts, authority }));
    // In its own network namespace Traefik listens on all addresses; here it shares the machine's network with other programs.
    const entryPoints = JSON.stringify(staticConfiguration(edge, settings)).replaceAll(
        /"address":"[^":]*:(\d+)"/g,
        (_, port: string) => `"address":"${address}:${portHere(Number(port))}"`,
    );
    mkdirSync(join(folder, "dynamic"));
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "traefik.yaml"), entryPoints);
    writeFileSync(join(folder, "dynamic", "platform.yaml"), JSON.stringify(rules));
    writeFileSync(join(folder, "secrets", "certificate.pem"), certificate.certificate);
    writeFileSync(join(folder, "secrets", "key.pem"), certificate.key);
    execFileSync("chmod", ["-R", "a+rX", folder]);

    const container = await docker([
        ...["run", "--detach", `--label=${LABEL.environment}=${environment}`, "--network=host", "--read-only"],
        ...["--cap-drop=ALL", "--user=65532:65532", `--volume=${folder}:/etc/strata:ro`],
        ...[...names, ...Object.entries(real)].map(([name, at]) => `--add-host=${name}:${at}`),
        await imageOf("traefik"),
        "--configFile=/etc/strata/traefik.yaml",
    ]).then((id) => id.trim());
    const log = async (): Promise<string> => {
        const { stdout, stderr } = await run("docker", ["logs", container]);
        return stdout + stderr;
    };
    await eventually("the edge is healthy", async () => {
        const check = await run("docker", ["exec", container, ...healthCheckOf(edge.healthCheck.test)]);
        if (check.code !== 0 && !(await isRunning(container))) throw new Error(await log());
        return check.code === 0 || undefined;
    });
    return {
        address,
        ports: Object.fromEntries(edge.published.map(({ name, internal }) => [name, portHere(internal)])),
        seen,
        authority: authority.certificate,
        container,
        log,
        stop: async () => {
            await removeLabelled(environment);
            await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
            rmSync(folder, { recursive: true });
        },
    };
}

/**
 * Sends raw bytes over TLS, past the checks of a client library. Returns everything received until the edge closes or falls silent.
 *
 * @param from - source address, to appear as another visitor
 */
export function sendRaw(
    { address, ports, authority }: EdgeStand,
    host: string,
    lines: readonly string[],
    from?: string,
): Promise<string> {
    return new Promise((resolve, reject) => {
        const socket = connect({
            host: address,
            port: ports["https"] ?? 0,
            servername: host,
            ca: authority,
            ...(from !== undefined && { localAddress: from }),
        });
        let text = "";
        socket.setEncoding("latin1").setTimeout(8000, () => socket.destroy());
        socket.on("data", (chunk: string) => (text += chunk));
        socket.on("close", () => resolve(text));
        socket.on("error", reject);
        // latin1 sends control characters and bytes above 127 unchanged.
        socket.on("secureConnect", () => socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1")));
    });
}

/** A port on the machine's own network: ports below 1024 take a capability there that the edge does not have. */
function portHere(internal: number): number {
    return internal < 1024 ? internal + 10_000 : internal;
}

/** The HTTP status of a raw answer. */
export function statusOf(raw: string): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(raw)?.[1] ?? 0);
}

async function startServices(
    services: readonly (readonly [name: string, port: number])[],
    seen: Seen[],
    behaviours: Readonly<Record<string, Behaviour>>,
): Promise<{ names: [string, string][]; servers: Server[] }> {
    const names: [string, string][] = [];
    const servers: Server[] = [];
    for (const [hostname, port] of services) {
        const service = hostname.split(".")[0] ?? hostname;
        const server = createServer((request, response) => {
            let bytes = 0;
            const note = (count: number): number =>
                seen.push({
                    service,
                    method: request.method ?? "",
                    url: request.url ?? "",
                    rawHeaders: request.rawHeaders,
                    bytes: count,
                });
            request.on("data", (chunk: Buffer) => (bytes += chunk.length));
            request.on("error", () => note(-1));
            request.on("end", () => {
                note(bytes);
                const behave = behaviours[service];
                if (behave) behave(request, response);
                else response.setHeader("Content-Type", "application/json").end(JSON.stringify({ service }));
            });
        });
        // Any free address: other stands and programs on the machine may use some already.
        const at = await listen(server, port);
        names.push([hostname, at]);
        servers.push(server);
    }
    return { names, servers };
}

async function listen(server: Server, port: number): Promise<string> {
    for (let last = 1; last < 255; last++) {
        const address = `127.0.1.${last}`;
        const isBound = await new Promise<boolean>((resolve) => {
            server.once("error", () => resolve(false)).once("listening", () => resolve(true));
            server.listen(port, address);
        });
        server.removeAllListeners("error").removeAllListeners("listening");
        if (isBound) return (server.address() as AddressInfo).address;
    }
    throw new Error(`no free address in 127.0.1.0/24 for port ${port}`);
}

function made(args: readonly string[], input = ""): { certificate: string; key: string } {
    const printed = execFileSync(process.execPath, ["components/edge/certificates.mjs", ...args], { input });
    return JSON.parse(printed.toString()) as { certificate: string; key: string };
}

/** The command of a health check, without the first word, which tells the engine how to run it. */
function healthCheckOf([, ...command]: readonly string[]): string[] {
    return [...command];
}

async function isRunning(container: string): Promise<boolean> {
    return (await docker(["inspect", "--format", "{{.State.Running}}", container])).trim() === "true";
}
