/**
 * Traefik's part of forward authentication: the requests that it sends to oauth2-proxy. Only oauth2-proxy may say who a
 * visitor is.
 */

import { FORWARD_AUTH_PATH, protectedHosts, SESSION_COOKIE } from "../../../model/identity/realm";
import { OAUTH2_PROXY } from "../../identity/oauth2-proxy/kind";
import type { Platform } from "../../../model/platform";
import { CLAIMED_HEADERS, CLAIMED_PATTERN, IDENTITY_HEADERS } from "./claimed-headers";
import { OAUTH2_PROXY_PORT } from "../../identity/oauth2-proxy/kind";

/** Largest answer of the proxy in bytes: a redirect, or the page of a refusal. */
const ANSWER_LIMIT = 256 * 1024;

/** Names of the session cookies. Any answer may renew them; a large session is split over several. */
const COOKIES = [SESSION_COOKIE, ...[0, 1, 2].map((part) => `${SESSION_COOKIE}_${part}`)];

const PROXY = `http://${OAUTH2_PROXY}:${OAUTH2_PROXY_PORT}`;

/** The part of a route that forward authentication depends on. */
interface Guarded {
    readonly name: string;
    readonly auth: boolean;
    readonly roles?: readonly string[];
}

/**
 * Names of the middlewares of a route, in order.
 *
 * @throws for a protected route on a platform without Keycloak: the route must not be open
 */
export function guardsOf({ realm }: Platform, route: Guarded): string[] {
    if (realm === undefined) {
        if (route.auth) {
            throw new Error(`${route.name}: the route asks for authentication, and the platform has no Keycloak`);
        }
        return ["strip-identity"];
    }
    return [
        "strip-identity",
        ...(route.auth ? ["session"] : []),
        ...(route.auth && (route.roles ?? []).length > 0 ? [`${route.name}-roles`] : []),
    ];
}

/**
 * Names of the middlewares of a protected route for background requests of a page, in order. Such a request gets 401 where
 * a person is redirected to the login: each redirect would leave a cookie of a login that never begins.
 */
export function backgroundGuardsOf(platform: Platform, route: Guarded): string[] {
    const hasRoles = (route.roles ?? []).length > 0;
    return guardsOf(platform, route).flatMap((name) =>
        name !== "session" ? [name] : hasRoles ? [] : ["session-or-401"],
    );
}

/** Middlewares for authentication and for identity headers, by name. */
export function guards({ realm }: Platform, routes: readonly Guarded[]): Record<string, object> {
    const strip = {
        "strip-identity": {
            headers: { customRequestHeaders: Object.fromEntries(CLAIMED_HEADERS.map((header) => [header, ""])) },
        },
    };
    if (realm === undefined) {
        return strip;
    }
    const ask = (path: string, authResponseHeaders: readonly string[]): object => ({
        forwardAuth: {
            address: `${PROXY}${path}`,
            trustForwardHeader: false,
            authRequestHeaders: ["Accept", "Cookie"],
            authResponseHeaders: [...authResponseHeaders],
            // Traefik removes the visitor's headers with these names and sets those of the proxy's answer.
            authResponseHeadersRegex: CLAIMED_PATTERN,
            addAuthCookiesToResponse: COOKIES,
            forwardBody: false,
            maxResponseBodySize: ANSWER_LIMIT,
        },
    });
    return {
        ...strip,
        // The proxy's path `/` answers 202 with a session, and redirects to the login without a session.
        session: ask("/", IDENTITY_HEADERS),
        "session-or-401": ask(`${FORWARD_AUTH_PATH}/auth`, IDENTITY_HEADERS),
        // The proxy's path `/oauth2/auth` answers yes or no: 401 without a session, 403 for a session without any of the
        // roles.
        ...Object.fromEntries(
            routes
                .filter(({ auth, roles = [] }) => auth && roles.length > 0)
                .map(({ name, roles = [] }) => {
                    const groups = roles.map((role) => encodeURIComponent(`role:${role}`)).join(",");
                    return [
                        `${name}-roles`,
                        ask(`${FORWARD_AUTH_PATH}/auth?allowed_groups=${groups}`, IDENTITY_HEADERS),
                    ];
                }),
        ),
    };
}

/**
 * Routes of the proxy's login pages. A login begins and ends on the host that it is for. Nothing else of the proxy is
 * public.
 */
export function loginRoutes(platform: Platform): { name: string; host: string; rule: string; url: string }[] {
    return protectedHosts(platform.services).map((host, index) => ({
        name: `forward-auth-${index + 1}`,
        host,
        rule: `Host(\`${host}\`) && PathPrefix(\`${FORWARD_AUTH_PATH}/\`)`,
        url: PROXY,
    }));
}
