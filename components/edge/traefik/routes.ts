/**
 * Which requests belong to a route: the texts of the rules, their order, and which paths are refused because servers read
 * them differently.
 */

import type { Route, Service } from "../../../model/platform";

/** The part of a route that its rule depends on. */
export type Matched = Pick<Route, "host" | "path" | "auth">;

/**
 * Background requests of a running page: they cannot use a redirect to a login.
 *
 * Browsers mark them in `Sec-Fetch-Mode` (https://www.w3.org/TR/fetch-metadata/). Programs ask for JSON or name themselves.
 */
const BACKGROUND = [
    "HeaderRegexp(`Sec-Fetch-Mode`, `^(cors|no-cors|same-origin|websocket)$`)",
    "HeaderRegexp(`X-Requested-With`, `(?i)^XMLHttpRequest$`)",
    "(HeaderRegexp(`Accept`, `(?i)application/json`) && !HeaderRegexp(`Accept`, `(?i)text/html`))",
].join(" || ");

/** Path parameters, control characters and invalid UTF-8: servers remove or decode them, each in its own way. */
const UNCLEAR = "PathRegexp(`[;\\x00-\\x1f\\x7f\\x{FFFD}]`)";

/**
 * Rule of a route. A path covers itself and what is below it: `/admin` is not `/administrator`.
 *
 * The path of a protected route also covers the spellings that a lenient server accepts: other case, an ending, a path
 * parameter.
 */
export function ruleOf({ host, path, auth }: Matched): string {
    const folder = path.replace(/\/+$/, "");
    if (folder === "") return hostRule(host);
    if (auth) return `${hostRule(host)} && PathRegexp(\`(?i)^${escape(folder)}([^a-z0-9_~-]|$)\`)`;
    return path.endsWith("/")
        ? `${hostRule(host)} && PathPrefix(\`${path}\`)`
        : `${hostRule(host)} && (Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
}

/** Rule of a route's background requests. */
export function backgroundRuleOf(route: Matched): string {
    return `${ruleOf(route)} && (${BACKGROUND})`;
}

/** Rule of requests to a host whose path servers read in different ways. */
export function unclearRuleOf(host: string): string {
    return `${hostRule(host)} && ${UNCLEAR}`;
}

/**
 * Priorities by what a rule is for, highest first. Traefik's own order is the length of the rule's text, which says
 * nothing about which path is the longer one.
 */
export const PRIORITY = { unclear: 1_000_000, login: 900_000 } as const;

/** Priority of a route: the longer path first. */
export function priorityOf({ path }: Pick<Route, "path">): number {
    return 10 * (path.replace(/\/+$/, "").length + 1);
}

/**
 * Rule for management entry points. Requests under another name are not answered, even when that name resolves to this
 * machine (DNS rebinding).
 */
export const LOOPBACK_HOSTS = "(Host(`127.0.0.1`) || Host(`localhost`))";

function hostRule(host: string): string {
    return `Host(\`${host}\`)`;
}

function escape(path: string): string {
    return path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Name of the router of a service's route: the service's name, with a number where the service has several routes. */
export function routerName({ name, routes }: Pick<Service, "name" | "routes">, index: number): string {
    return routes.length === 1 ? name : `${name}-${index + 1}`;
}

/** Name of the router of a route's background requests. */
export function backgroundRouter(route: string): string {
    return `${route}-background`;
}
