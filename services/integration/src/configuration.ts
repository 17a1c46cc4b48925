/** Settings from environment variables. Values that are secret come in files. */

import { isAbsolute } from "node:path";

/** How the service logs in to Temporal. */
export type TemporalLogin =
    | { readonly kind: "none" }
    /** Somebody else writes the token and renews it. */
    | { readonly kind: "token"; readonly file: string }
    /** OAuth 2.0 client credentials: https://datatracker.ietf.org/doc/html/rfc6749#section-4.4 */
    | {
          readonly kind: "client";
          readonly tokenUrl: string;
          readonly clientId: string;
          readonly secretFile: string;
      };

/** Files of mutual TLS. */
export interface TemporalTls {
    readonly certificate: string;
    readonly key: string;
    readonly authority: string;
    /** Name in the server's certificate. @default the host of the address */
    readonly serverName?: string;
}

export interface TemporalSettings {
    /** `host:port`. */
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly login: TemporalLogin;
    readonly tls?: TemporalTls;
}

/** Settings of both commands. */
export interface CommonSettings {
    /** Port of the command's own HTTP server. */
    readonly port: number;
    /** Seconds for which the process goes on answering after SIGTERM. */
    readonly drain: number;
    readonly temporal: TemporalSettings;
}

export interface ApiSettings extends CommonSettings {
    /** File with the key of incoming requests. */
    readonly webhookKeyFile: string;
    /** Seconds that a workflow waits. */
    readonly waits: { readonly delay: number; readonly decision: number };
}

export interface WorkerSettings extends CommonSettings {
    readonly postgresUrlFile: string;
    readonly redisUrlFile: string;
    /** What all keys of Redis begin with: the server allows a service no others. */
    readonly redisPrefix: string;
    /** Where decided events are sent. Missing: nowhere. */
    readonly outgoing?: { readonly url: string; readonly keyFile: string };
}

export class ConfigurationError extends Error {
    constructor(readonly problems: readonly string[]) {
        super(problems.join("; "));
        this.name = "ConfigurationError";
    }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables, and collects what is wrong with them: all problems are reported together. */
class Reader {
    readonly problems: string[] = [];

    constructor(private readonly environment: Environment) {}

    text(name: string, byDefault?: string): string {
        const value = this.environment[name] || byDefault;
        if (value === undefined) this.problems.push(`${name} is missing`);
        return value ?? "";
    }

    number(name: string, byDefault: number, least: number, most: number): number {
        const value = this.environment[name] || String(byDefault);
        const number = Number(value);
        if (!/^\d+$/.test(value) || number < least || number > most) {
            this.problems.push(`${name} is ${value}: expected a whole number from ${least} to ${most}`);
        }
        return number;
    }

    file(name: string, byDefault?: string): string {
        const value = this.text(name, byDefault);
        if (value !== "" && !isAbsolute(value)) this.problems.push(`${name} is ${value}: expected an absolute path`);
        return value;
    }

    url(name: string): string {
        const value = this.text(name);
        if (value !== "" && !/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : "")) {
            this.problems.push(`${name} is ${value}: expected an http or https URL`);
        }
        return value;
    }

    has(name: string): boolean {
        return Boolean(this.environment[name]);
    }
}

/** @throws ConfigurationError with all problems */
export function readApiSettings(environment: Environment): ApiSettings {
    return settled(environment, (reader) => ({
        ...commonSettings(reader, 8009),
        webhookKeyFile: reader.file("WEBHOOK_KEY_FILE"),
        waits: {
            delay: reader.number("DELAY_SECONDS", 5, 0, 86_400),
            decision: reader.number("DECISION_SECONDS", 86_400, 1, 2_592_000),
        },
    }));
}

/** @throws ConfigurationError with all problems */
export function readWorkerSettings(environment: Environment): WorkerSettings {
    return settled(environment, (reader) => ({
        ...commonSettings(reader, 8010),
        postgresUrlFile: reader.file("POSTGRES_URL_FILE"),
        redisUrlFile: reader.file("REDIS_URL_FILE"),
        redisPrefix: reader.text("REDIS_KEY_PREFIX", "integration:"),
        ...(reader.has("OUTGOING_WEBHOOK_URL") && {
            outgoing: { url: reader.url("OUTGOING_WEBHOOK_URL"), keyFile: reader.file("OUTGOING_WEBHOOK_KEY_FILE") },
        }),
    }));
}

/** The file with the URL of the database, for the command that prepares it. */
export function readMigrationSettings(environment: Environment): { readonly postgresUrlFile: string } {
    return settled(environment, (reader) => ({ postgresUrlFile: reader.file("POSTGRES_URL_FILE") }));
}

function settled<T>(environment: Environment, read: (reader: Reader) => T): T {
    const reader = new Reader(environment);
    const settings = read(reader);
    if (reader.problems.length > 0) throw new ConfigurationError(reader.problems);
    return settings;
}

function commonSettings(reader: Reader, port: number): CommonSettings {
    const tls = temporalTls(reader);
    return {
        port: reader.number("PORT", port, 1, 65_535),
        drain: reader.number("DRAIN_SECONDS", 0, 0, 300),
        temporal: {
            address: reader.text("TEMPORAL_ADDRESS"),
            namespace: reader.text("TEMPORAL_NAMESPACE", "default"),
            taskQueue: reader.text("TEMPORAL_TASK_QUEUE", "integration"),
            login: temporalLogin(reader),
            ...(tls && { tls }),
        },
    };
}

function temporalLogin(reader: Reader): TemporalLogin {
    const isClient = reader.has("TEMPORAL_OIDC_TOKEN_URL");
    if (reader.has("TEMPORAL_TOKEN_FILE")) {
        if (isClient) reader.problems.push("TEMPORAL_TOKEN_FILE and TEMPORAL_OIDC_TOKEN_URL are both set: set one");
        return { kind: "token", file: reader.file("TEMPORAL_TOKEN_FILE") };
    }
    if (!isClient) return { kind: "none" };
    return {
        kind: "client",
        tokenUrl: reader.url("TEMPORAL_OIDC_TOKEN_URL"),
        clientId: reader.text("TEMPORAL_CLIENT_ID"),
        secretFile: reader.file("TEMPORAL_CLIENT_SECRET_FILE"),
    };
}

function temporalTls(reader: Reader): TemporalTls | undefined {
    const names = ["TEMPORAL_TLS_CERT_FILE", "TEMPORAL_TLS_KEY_FILE", "TEMPORAL_TLS_CA_FILE"] as const;
    if (!names.some((name) => reader.has(name))) return undefined;
    const [certificate, key, authority] = names;
    return {
        certificate: reader.file(certificate),
        key: reader.file(key),
        authority: reader.file(authority),
        ...(reader.has("TEMPORAL_TLS_SERVER_NAME") && { serverName: reader.text("TEMPORAL_TLS_SERVER_NAME") }),
    };
}
