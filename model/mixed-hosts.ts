/** Hosts on which the path alone decides whether a session is required. */

import type { Route } from "./platform";

/** Hosts with both a route that requires a session and a route that does not, each once. */
export function mixedHosts(routes: readonly Pick<Route, "host" | "auth">[]): string[] {
    const hostsOf = (auth: boolean): string[] => routes.filter((it) => it.auth === auth).map(({ host }) => host);
    const open = new Set(hostsOf(false));
    return [...new Set(hostsOf(true))].filter((host) => open.has(host)).sort();
}
