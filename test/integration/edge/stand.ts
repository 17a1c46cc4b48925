/** What the tests of the edge by itself share: a product with every kind of route, and stand-ins for who is asked. */

import type { Product } from "../../../model/product";
import type { Platform } from "../../../model/platform";
import { resolvePlatform } from "../../../model/resolve";
import type { Behaviour } from "../../support/edge-stand";
import { configOf } from "../../unit/model/fixtures";

const page = (
    routes: Product["services"][string] extends infer S ? (S extends { routes?: infer R } ? R : never) : never,
) => ({ kind: "application", image: "ghcr.io/acme/page", port: 3000, zones: ["web"], routes }) as const;

const stand: Product = {
    name: "stand",
    description: "Every kind of route",
    zones: { web: { subnet: 40, peers: true } },
    services: {
        site: page([{}, { host: "plain" }]),
        panel: page([{ path: "/admin", auth: true }]),
        closed: page([{ host: "closed", auth: true }]),
        own: page([{ host: "own", frames: "own" }]),
        framed: page([{ host: "framed", frames: "same-origin" }]),
        coded: page([{ host: "coded", encodedCharacters: true }]),
        limited: page([{ host: "limited", rateLimit: 2 }]),
    },
    identity: { label: "Stand", roles: { user: { description: "Looks" } }, groups: { Users: ["user"] } },
};

/** The stand's platform. */
export const platform: Platform = resolvePlatform({
    environment: "test-edge",
    products: [stand],
    config: configOf({
        addressBase: "172.31",
        products: [{ name: "stand" }],
        identity: { keycloak: { realm: "acme", host: "auth", protect: [], consoles: [] } },
    }),
});

/** Cookies of sessions that the stand-in for oauth2-proxy knows, with their roles. */
export const SESSION = { user: "session=user", stranger: "session=stranger" } as const;

/** As oauth2-proxy answers: 202 with who it is, 302 to the login, and 401 or 403 where it is asked yes or no. */
const proxy: Behaviour = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://proxy");
    const who = /session=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
    if (who === undefined) {
        if (pathname === "/oauth2/auth") response.writeHead(401).end();
        else response.writeHead(302, { Location: "https://auth.example.com/login" }).end();
    } else if (who === "stranger" && searchParams.has("allowed_groups")) {
        response.writeHead(403).end();
    } else {
        response
            .writeHead(202, {
                "X-Auth-Request-User": who,
                "X-Auth-Request-Email": `${who}@example.com`,
                "X-Auth-Request-Groups": "role:stand-user",
            })
            .end();
    }
};

/** As Keycloak answers: its pages may be shown by itself, those for other origins by anybody. */
const keycloak: Behaviour = (request, response) => {
    response.setHeader("Referrer-Policy", "no-referrer");
    if (!/step1\.html|login-status-iframe/.test(request.url ?? "")) {
        response.setHeader("X-Frame-Options", "SAMEORIGIN");
        response.setHeader("Content-Security-Policy", "frame-src 'self'; frame-ancestors 'self'; object-src 'none';");
    }
    response.end("a page");
};

const own: Behaviour = (_, response) => response.setHeader("X-Frame-Options", "SAMEORIGIN").end("a page");

/** Begins at once and ends after longer than the stand gives a request. */
const site: Behaviour = (request, response) => {
    response.write("the beginning");
    if (request.url === "/slow") setTimeout(() => response.end("the end"), 5000);
    else response.end();
};

/** Answers by service. */
export const behaviours = {
    "stand-site": site,
    "oauth2-proxy": proxy,
    keycloak,
    "stand-own": own,
    "stand-framed": own,
} as const;
