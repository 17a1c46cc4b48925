/** Traefik's part of forward authentication: which questions it asks, and that nobody but the proxy says who a visitor is. */

import { FORWARD_AUTH_PATH, protectedHosts, SESSION_COOKIE } from "../../../model/identity/realm";
import { OAUTH2_PROXY } from "../../identity/oauth2-proxy/kind";
import type { Platform } from "../../../model/platform";
import { CLAIMED_HEADERS, CLAIMED_PATTERN, IDENTITY_HEADERS } from "./claimed-headers";
import { OAUTH2_PROXY_PORT } from "../../identity/oauth2-proxy/kind";

/** Bytes of an answer of the proxy: redirects and a page that says no. */
const ANSWER_LIMIT = 256 * 1024;

/** Session cookies may be renewed with any answer; a large session is split over several. */
const COOKIES = [SESSION_COOKIE, ...[0, 1, 2].map((part) => `${SESSION_COOKIE}_${part}`)];

const PROXY = `http://${OAUTH2_PROXY}:${OAUTH2_PROXY_PORT}`;

/** A route, as far as this goes. */
interface Guarded {
    readonly name: string;
    readonly auth: boolean;
    readonly roles?: readonly string[];
}

/**
 * Names of the middlewares of a route, in order.
 *
 * @throws for a route that asks for a session where nothing could ask for one: it must not be open
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
 * Names of the middlewares of a protected route for requests that a page sends by itself, in order. They are told 401
 * where a person is sent to the login: a redirect would leave a cookie of a login that nobody begins, for each request.
 */
export function backgroundGuardsOf(platform: Platform, route: Guarded): string[] {
    const hasRoles = (route.roles ?? []).length > 0;
    return guardsOf(platform, route).flatMap((name) =>
        name !== "session" ? [name] : hasRoles ? [] : ["session-or-401"],
    );
}

/** Middlewares by name. */
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
            // Traefik removes the visitor's headers of these names, and takes those that the proxy answers with.
            authResponseHeadersRegex: CLAIMED_PATTERN,
            addAuthCookiesToResponse: COOKIES,
            forwardBody: false,
            maxResponseBodySize: ANSWER_LIMIT,
        },
    });
    return {
        ...strip,
        // The proxy's front door answers 202 with a session and a redirect to the login without one.
        session: ask("/", IDENTITY_HEADERS),
        "session-or-401": ask(`${FORWARD_AUTH_PATH}/auth`, IDENTITY_HEADERS),
        // Its second question only knows yes and no: 401 without a session, 403 for one without any of the roles.
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

/** A login begins and ends on the host it is for. Nothing else of the proxy is public. */
export function loginRoutes(platform: Platform): { name: string; host: string; rule: string; url: string }[] {
    return protectedHosts(platform.services).map((host, index) => ({
        name: `forward-auth-${index + 1}`,
        host,
        rule: `Host(\`${host}\`) && PathPrefix(\`${FORWARD_AUTH_PATH}/\`)`,
        url: PROXY,
    }));
}
