/** What a service gets when its product says nothing, per kind. One place per fact. */

import type { HealthCheck, ImageName, Limits, ServiceKind } from "./platform";
import type { StandIn, VaultConfig } from "./stack-config";
import { vaultTest } from "./vault-server";

/** Ports inside the containers. */
export const PORT = { postgres: 5432, redis: 6379, vault: 8200, keycloak: 8080, "oauth2-proxy": 4180 } as const;

/**
 * The edge's entry points inside its container: above 1024, because it is not root.
 * `traefik` is its own interface (dashboard, metrics, ping).
 */
export const EDGE_PORT = { http: 8080, https: 8443, traefik: 9000, vault: 9001, keycloak: 9002 } as const;

/** Where the edge asks itself whether it is healthy; on its container's loopback address. */
export const EDGE_PING_PORT = 8082;

/**
 * Management entry points of the edge, in the order of their host ports from `strata:management.port` on.
 * They are published on 127.0.0.1 only: providers and operators on the host use them, nobody else can. One whose service
 * the stack does not have is not published; the others keep their ports.
 */
export const MANAGEMENT = ["traefik", "vault", "keycloak"] as const satisfies readonly (keyof typeof EDGE_PORT)[];

/** Requests per second and client address of a route that names no limit. */
export const RATE_LIMIT = 100;

/** Image of each kind that the platform brings itself; an agent has its server's. */
export const IMAGE_OF: Readonly<Record<ProbedKind, ImageName>> = {
    application: "reference-app",
    postgres: "postgres",
    redis: "redis",
    vault: "vault",
    edge: "traefik",
    keycloak: "keycloak",
    "oauth2-proxy": "oauth2-proxy",
};

/**
 * What an application runs: its own release, or the program that stands in for it. Which program the image `reference-app` is
 * cannot be read in its reference: mirrors rename images.
 */
function programOf(image: string, standIn: StandIn): StandIn | "release" {
    return image === IMAGE_OF.application ? standIn : "release";
}

/**
 * Settings that make an application's image listen on its declared port.
 *
 * @param image - name of an image of the platform, or a release
 */
export function portSettings(image: string, port: number, standIn: StandIn): Readonly<Record<string, string>> {
    return programOf(image, standIn) === "podinfo" ? { PODINFO_PORT: String(port) } : { PORT: String(port) };
}

/** Port of Keycloak's own health and metrics; it listens on the container's loopback address only. */
export const KEYCLOAK_HEALTH_PORT = 9000;

/** The image has bash and neither curl nor wget. */
const KEYCLOAK_READY =
    `exec 3<>/dev/tcp/127.0.0.1/${KEYCLOAK_HEALTH_PORT}` +
    ` && printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3` +
    ` && head -n 1 <&3 | grep -q ' 200 '`;

const PROCESSES = 4096;

/**
 * Memory is the upper half of S0's table of expected use, where it names the service; the others are round numbers that
 * the services start within. Vault has twice of what S0 expects: its health check starts the same large program a second
 * time in the same memory, and within 256 MiB a configured server gave up its own code pages until nothing was answered.
 * An agent is the same program: it holds 25 MiB of its own, but with nothing of the program in memory it took 2 s to its first
 * file within 256 MiB, 8 s within 192, 25 s within 160 and more than 30 s within 128, reading its code again and again.
 */
export const LIMITS: Readonly<Record<ServiceKind, Limits>> = {
    application: { memoryMiB: 256, cpus: 0.5, processes: PROCESSES },
    postgres: { memoryMiB: 1024, cpus: 1, processes: PROCESSES },
    redis: { memoryMiB: 256, cpus: 0.5, processes: PROCESSES },
    vault: { memoryMiB: 512, cpus: 0.5, processes: PROCESSES },
    "vault-agent": { memoryMiB: 256, cpus: 0.25, processes: PROCESSES },
    edge: { memoryMiB: 256, cpus: 1, processes: PROCESSES },
    // 70 % heap and about 300 MB beside it: https://www.keycloak.org/high-availability/multi-cluster/concepts-memory-and-cpu-sizing
    keycloak: { memoryMiB: 1280, cpus: 2, processes: PROCESSES },
    "oauth2-proxy": { memoryMiB: 64, cpus: 0.5, processes: PROCESSES },
};

/** Seconds between two health checks (requirement A4). */
export const HEALTH_INTERVAL = 30;

/** Kinds with one health check for all; an agent's asks for the files of its application. */
export type ProbedKind = Exclude<ServiceKind, "vault-agent">;

/** What a health check depends on besides the service. */
export interface ProbeOptions {
    /** The program configures Vault, so it must wait for the identity that the program logs in with. @default false */
    readonly configured?: boolean;
    /** Which program the image `reference-app` is. @default "reference-app" */
    readonly standIn?: StandIn;
}

/**
 * The health check of a service.
 *
 * Requirement A4 asks for 30 s / 10 s / 3 retries and for faster checks while a service starts. The engine's own means
 * for the latter (`start_interval`) needs API 1.44; on an older engine a container is `starting` for one whole interval, and
 * everything that waits for it waits as long. So the interval is a value of the stack (`strata:healthCheckInterval`): 30
 * where services run for months, 5 in `local`, where starting is most of what they do.
 *
 * @param image - name of an image of the platform, or a release
 * @param interval - seconds
 */
export function healthCheckOf(
    kind: ProbedKind,
    image: string,
    port: number,
    vault: VaultConfig,
    interval: number,
    options: ProbeOptions = {},
): HealthCheck {
    const { test, startPeriod } = probeOf(kind, image, port, vault, options);
    return { test, interval, timeout: 10, retries: 3, startPeriod };
}

function probeOf(
    kind: ProbedKind,
    image: string,
    port: number,
    vault: VaultConfig,
    { configured = false, standIn = "reference-app" }: ProbeOptions,
): Pick<HealthCheck, "test" | "startPeriod"> {
    switch (kind) {
        case "postgres":
            // Over TCP: the image's initialisation runs a server on the socket only, and that one must not count.
            // The minute is for the first start, which creates the cluster.
            return { test: ["CMD", "pg_isready", "-U", "postgres", "-h", "127.0.0.1"], startPeriod: 60 };
        case "redis":
            // The check has no password: being refused proves as much as being answered. Loading an AOF answers LOADING.
            return { test: ["CMD-SHELL", "redis-cli ping | grep -Eq 'PONG|NOAUTH'"], startPeriod: 30 };
        case "vault":
            return { test: vaultTest(vault, port, configured), startPeriod: 30 };
        case "edge":
            return {
                test: ["CMD", "traefik", "healthcheck", "--configFile=/etc/strata/traefik.yaml"],
                startPeriod: 15,
            };
        case "keycloak":
            return { test: ["CMD", "bash", "-c", KEYCLOAK_READY], startPeriod: 300 };
        case "oauth2-proxy":
            return { test: ["CMD-SHELL", `wget -q -O /dev/null http://127.0.0.1:${port}/ping`], startPeriod: 15 };
        case "application":
            switch (programOf(image, standIn)) {
                case "podinfo":
                    return { test: ["CMD", "podcli", "check", "http", `127.0.0.1:${port}/healthz`], startPeriod: 15 };
                case "reference-app":
                    return { test: ["CMD", "/reference-app", "--healthcheck"], startPeriod: 15 };
                case "release":
                    return {
                        test: ["CMD-SHELL", `wget -q -O /dev/null http://127.0.0.1:${port}/health`],
                        startPeriod: 60,
                    };
            }
    }
}
