/** The configuration of Temporal's server: plain data in, text out. It holds no secret: the server reads them from files. */

import { PERMISSIONS_CLAIM, TEMPORAL_AUDIENCE, TEMPORAL_HEALTH_PORT, TEMPORAL_PORT } from "./kind";

/** Login to one of the server's databases. */
export interface Datastore {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    /** Path of the file with the password. */
    readonly passwordFile: string;
}

/** What differs from environment to environment. */
export interface ServerSettings {
    readonly shards: number;
    /** Workflows, and the index that lists them. */
    readonly datastores: { readonly default: Datastore; readonly visibility: Datastore };
    /** URLs of the public keys of those who sign tokens (JWKS). */
    readonly keys: readonly string[];
    /** Paths of the certificate and key with which the server's parts know each other, and its name. */
    readonly peers: { readonly certificate: string; readonly key: string; readonly name: string };
    /** Path of the file with {@link dynamicConfiguration}. */
    readonly dynamic: string;
}

/** The parts of a server, all in one process. `internal-frontend` is for the server's own workflows, and checks no tokens. */
export const SERVER_PARTS = ["frontend", "internal-frontend", "history", "matching", "worker"] as const;

/** gRPC and membership ports of the parts, as in Temporal's own template. */
const PORTS: Readonly<Record<(typeof SERVER_PARTS)[number], readonly [grpc: number, membership: number]>> = {
    frontend: [TEMPORAL_PORT, 6933],
    "internal-frontend": [7236, 6936],
    history: [7234, 6934],
    matching: [7235, 6935],
    worker: [7239, 6939],
};

/**
 * Text of the file that `temporal-server --config-file` reads; JSON is YAML.
 *
 * Only the frontend listens on all addresses: its gRPC port, which checks tokens, and its membership port, which asks for the peers'
 * certificate. With one process, everything else is for the container itself.
 *
 * @see https://docs.temporal.io/references/configuration
 */
export function serverConfiguration({ shards, datastores, keys, peers, dynamic }: ServerSettings): string {
    const { certificate: certFile, key: keyFile, name: serverName } = peers;
    return json({
        log: { stdout: true, level: "info", format: "json" },
        persistence: {
            numHistoryShards: shards,
            defaultStore: "default",
            visibilityStore: "visibility",
            datastores: { default: store(datastores.default), visibility: store(datastores.visibility) },
        },
        global: {
            membership: { maxJoinDuration: "30s", broadcastAddress: "127.0.0.1" },
            tls: {
                refreshInterval: "1h",
                internode: {
                    server: { certFile, keyFile, clientCaFiles: [certFile], requireClientAuth: true },
                    client: { serverName, rootCaFiles: [certFile] },
                },
            },
            authorization: {
                authorizer: "default",
                claimMapper: "default",
                permissionsClaimName: PERMISSIONS_CLAIM,
                audience: TEMPORAL_AUDIENCE,
                jwtKeyProvider: { keySourceURIs: keys, refreshInterval: "1m" },
            },
        },
        services: Object.fromEntries(
            SERVER_PARTS.map((part) => {
                const [grpcPort, membershipPort] = PORTS[part];
                const bindOnIP = part === "frontend" ? "0.0.0.0" : "127.0.0.1";
                const httpPort = part === "internal-frontend" ? { httpPort: TEMPORAL_HEALTH_PORT } : {};
                return [part, { rpc: { grpcPort, membershipPort, bindOnIP, ...httpPort } }];
            }),
        ),
        clusterMetadata: {
            enableGlobalNamespace: false,
            failoverVersionIncrement: 10,
            masterClusterName: "active",
            currentClusterName: "active",
            clusterInformation: {
                active: {
                    enabled: true,
                    initialFailoverVersion: 1,
                    rpcName: "frontend",
                    rpcAddress: `127.0.0.1:${TEMPORAL_PORT}`,
                },
            },
        },
        dcRedirectionPolicy: { policy: "noop" },
        archival: {
            history: { state: "disabled", enableRead: false },
            visibility: { state: "disabled", enableRead: false },
        },
        dynamicConfigClient: { filepath: dynamic, pollInterval: "60s" },
    });
}

/** Settings that the server reads again while it runs. @see https://docs.temporal.io/references/dynamic-configuration */
export function dynamicConfiguration(): string {
    // Without it, whoever reaches the membership port could take a part of the server out of the ring.
    return json({ "system.enableRingpopTLS": [{ value: true }] });
}

function store({ host, port, database, user, passwordFile }: Datastore): object {
    return {
        sql: {
            pluginName: "postgres12_pgx",
            databaseName: database,
            connectAddr: `${host}:${port}`,
            connectProtocol: "tcp",
            user,
            // Run for every new connection, so that the password is in no configuration.
            passwordCommand: { command: "/bin/cat", args: [passwordFile] },
            maxConns: 20,
            maxIdleConns: 20,
            maxConnLifetime: "1h",
        },
    };
}

function json(value: object): string {
    return `${JSON.stringify(value, undefined, 2)}\n`;
}
