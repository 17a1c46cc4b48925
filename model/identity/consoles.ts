/** Management interfaces that people reach through the public edge, behind forward authentication (requirement B5, B7). */

import { RATE_LIMIT } from "../defaults";
import type { Route } from "../platform";
import type { ConsoleName, StackConfig } from "../stack-config";

/** For example `vault.example.com`; undefined when the stack has no such console. */
export function consoleHost(
    name: ConsoleName,
    { domain, identity }: Pick<StackConfig, "domain" | "identity">,
): string | undefined {
    return identity?.keycloak?.consoles.includes(name) ? `${name}.${domain}` : undefined;
}

/**
 * Route of a console, if the stack has it. The pages and the API below them are behind the same session.
 *
 * @param port - of the service
 * @param roles - realm roles of which a session needs one; a person without one learns only that there is a login
 */
export function consoleRoutes(
    name: ConsoleName,
    config: Pick<StackConfig, "domain" | "identity">,
    port: number,
    roles: readonly string[],
): Route[] {
    const host = consoleHost(name, config);
    // The whole host is behind the session, so no spelling of a path bypasses it. Names in Vault's paths are encoded.
    return host === undefined
        ? []
        : [{ host, path: "/", port, rateLimit: RATE_LIMIT, auth: true, roles, encodedCharacters: true }];
}
