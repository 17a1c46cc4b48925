/** What an engine can do, told by its API version. */

/** First version whose health checks can be asked more often while a container starts (Docker 25). */
export const START_INTERVAL_API = "1.44";

/**
 * First version that keeps an internal network without a gateway on the host (Docker 28). Docker 26.1 and 27 accept the
 * option and ignore it, so the option alone proves nothing.
 */
export const ISOLATED_GATEWAY_API = "1.48";

/**
 * First version whose volumes keep the time of their creation (Docker 23). Older engines report the time of the last change
 * to the volume's own folder: https://github.com/moby/moby/pull/44719.
 */
export const VOLUME_CREATION_API = "1.42";

/** What the containers and networks of an environment were made with; `undefined` where there are none yet. */
export interface MadeWith {
    /** Internal networks have an isolated gateway. */
    readonly isolatedGateway: boolean | undefined;
    /** Health checks have a start interval. */
    readonly startInterval: boolean | undefined;
}

/** Whether an API version is another one or newer. An unknown version is older than any. */
export function isAtLeast(api: string | undefined, least: string): boolean {
    if (api === undefined) return false;
    const [major = 0, minor = 0] = api.split(".").map(Number);
    const [leastMajor = 0, leastMinor = 0] = least.split(".").map(Number);
    return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * The API version that an environment goes on using. Features of a newer engine would replace every network and container,
 * so an environment keeps what it was made with until its stack file says otherwise (ADR 0015).
 *
 * @param engine - the engine's own version
 */
export function keptApi(engine: string, { isolatedGateway, startInterval }: MadeWith): string {
    if (isolatedGateway === true) return engine;
    if (startInterval === false) return older(engine, before(START_INTERVAL_API));
    return isolatedGateway === false ? older(engine, before(ISOLATED_GATEWAY_API)) : engine;
}

function older(a: string, b: string): string {
    return isAtLeast(a, b) ? b : a;
}

function before(api: string): string {
    const [major, minor] = api.split(".");
    return `${major}.${Number(minor) - 1}`;
}
