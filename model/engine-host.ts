/** How an engine is reached. */

/** The address of an engine, and what a client needs for it. */
export interface EngineConnection {
    /** `unix:///…`, `ssh://user@host`, or `tcp://host:port` with TLS. */
    readonly host: string;
    /** Folder with `ca.pem`, `cert.pem` and `key.pem`; only for TCP. */
    readonly certPath?: string | undefined;
}

/** Tells the program the identity of the engine, which it records with the environment. */
export const ENGINE_VARIABLE = "STRATA_ENGINE";

/** Variables with which a docker client uses an engine. */
export function clientVariables({ host, certPath }: EngineConnection): Record<string, string> {
    return {
        DOCKER_HOST: host,
        ...(certPath !== undefined && { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath }),
    };
}

/**
 * Whether the engine may be on another machine. The ports that the edge publishes on the engine's 127.0.0.1 are then out of
 * reach, and a foreign server may answer on this machine's ports.
 */
export function isElsewhere({ host }: Pick<EngineConnection, "host">): boolean {
    return !host.startsWith("unix://");
}
