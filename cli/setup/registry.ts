/** Registries, and what they say when they refuse. Pure. */

/** Docker Hub's name in references, logins and commands. */
export const DOCKER_HUB = "docker.io";

/** Names under which the docker client keeps the login to Docker Hub. */
const HUB_KEYS = ["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"];

/**
 * The registry that serves a reference: `ghcr.io`, or Docker Hub for a name without a host. `undefined` for an image id, and
 * for a name that no registry can have.
 */
export function registryOf(reference: string): string | undefined {
    if (/^sha256:/.test(reference)) return undefined;
    const [first = "", ...rest] = reference.split("/");
    const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
    const host = isHost ? first : DOCKER_HUB;
    return host.endsWith(".invalid") ? undefined : host;
}

/** Registries with a login in the docker client's `config.json`. */
export function loggedInRegistries(config: string | undefined): string[] {
    let parsed: { auths?: Record<string, unknown>; credHelpers?: Record<string, unknown> };
    try {
        parsed = JSON.parse(config ?? "{}") as typeof parsed;
    } catch {
        return [];
    }
    const keys = [...Object.keys(parsed.auths ?? {}), ...Object.keys(parsed.credHelpers ?? {})];
    return [
        ...new Set(
            keys.map((key) =>
                HUB_KEYS.includes(key) ? DOCKER_HUB : key.replace(/^https?:\/\//, "").replace(/\/.*$/, ""),
            ),
        ),
    ].sort();
}

/** What to do about a pull that failed, from what the client said. */
export function pullAdvice(reference: string, said: string): string {
    const host = registryOf(reference) ?? DOCKER_HUB;
    if (/unauthorized|authentication required|denied|no basic auth|forbidden|\b40[13]\b/i.test(said)) {
        return `log in with an account that may read it: docker login${host === DOCKER_HUB ? "" : ` ${host}`}`;
    }
    if (/no matching manifest|does not match the (detected|specified)/i.test(said)) {
        return "the image has no build for the engine's processor: name one that has";
    }
    if (/manifest unknown|not found|manifest for .* not/i.test(said)) {
        return "compare the name and the digest with the registry";
    }
    if (/no space left|disk quota/i.test(said)) return "free some of the engine's disk: docker system df";
    if (/toomanyrequests|rate limit/i.test(said)) {
        return `wait, or log in for a higher limit: docker login${host === DOCKER_HUB ? "" : ` ${host}`}`;
    }
    if (/no such host|timeout|timed out|connection refused|network is unreachable|deadline exceeded|EOF/i.test(said)) {
        return `${host} cannot be reached: check the network, a proxy, or name a mirror's reference`;
    }
    return "read what the registry said, then run it again: finished steps are kept";
}
