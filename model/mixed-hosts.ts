/** Hosts on which the path alone decides whether somebody is asked for a session. */

import type { Route } from "./platform";

/** Hosts with a route that asks for a session beside one that does not, each once. */
export function mixedHosts(routes: readonly Pick<Route, "host" | "auth">[]): string[] {
    const hostsOf = (auth: boolean): string[] => routes.filter((it) => it.auth === auth).map(({ host }) => host);
    const open = new Set(hostsOf(false));
    return [...new Set(hostsOf(true))].filter((host) => open.has(host)).sort();
}
