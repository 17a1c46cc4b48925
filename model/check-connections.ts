/** Whether what a service calls, and the routes that lead to it, make sense. */

import { hasRole } from "../components/kinds";
import { suggestion } from "./nearest";
import type { Problem } from "./problems";
import { type CommonDeclaration, FRAMES, type Product, type ProductRoute } from "./product";

const HOST = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** Whole segments. What can be written in several ways (`%2f`, `//`, `/./`) is not what a service makes of it. */
const PATH = /^\/$|^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+\/?$/;

/** Problems of a service's calls and routes. */
export function checkConnections(
    product: Product,
    name: string,
    service: CommonDeclaration,
    hasKeycloak: boolean,
): Problem[] {
    return [
        ...checkCalls(product, name, service),
        ...checkStartsBefore(product, name, service),
        ...checkRoutes(product, name, service, hasKeycloak),
    ];
}

function correct(product: Product): string {
    return `correct it in products/${product.name}.ts`;
}

function checkCalls(product: Product, name: string, { calls = [] }: CommonDeclaration): Problem[] {
    const key = `${product.name}/${name} calls`;
    const known = Object.keys(product.services).filter((other) => other !== name);
    return calls.flatMap((callee): Problem[] => {
        const value = `"${callee}"`;
        if (callee.includes("/")) {
            return [
                {
                    key,
                    value,
                    accepted: `services of ${product.name}: products share no zone`,
                    next: "call the other product's public route; calls between products through the edge are still to come",
                },
            ];
        }
        if (!known.includes(callee)) {
            const next = `${suggestion(callee, known)}${correct(product)}`;
            return [{ key, value, accepted: `another service of ${product.name}: ${known.join(", ")}`, next }];
        }
        return hasRole(product.services[callee]!, "store")
            ? [
                  {
                      key,
                      value,
                      accepted: "applications; a store is reached by its clients",
                      next: `add "${name}" to the clients of ${callee} in products/${product.name}.ts`,
                  },
              ]
            : [];
    });
}

function checkStartsBefore(product: Product, name: string, service: CommonDeclaration): Problem[] {
    const { calls = [], startsBefore = [] } = service;
    return startsBefore
        .filter((other) => !calls.includes(other))
        .map((other) => ({
            key: `${product.name}/${name} startsBefore`,
            value: `"${other}"`,
            accepted: `some of its calls: ${calls.join(", ") || "none"}`,
            next: `${suggestion(other, calls)}${correct(product)}`,
        }));
}

function checkRoutes(
    product: Product,
    name: string,
    { routes = [], zones }: CommonDeclaration,
    hasKeycloak: boolean,
): Problem[] {
    const key = `${product.name}/${name} routes`;
    const outside =
        routes.length > 0 && !zones.includes("web")
            ? [
                  {
                      key,
                      value: `${routes.length} in ${zones.join(", ") || "no zone"}`,
                      accepted: "routes to services in the web zone, the only one that the edge joins",
                      next: `add "web" to its zones in products/${product.name}.ts, or drop the routes`,
                  },
              ]
            : [];
    return [
        ...outside,
        ...routes.flatMap((route, index) => checkRoute(product, `${key}[${index}]`, route, hasKeycloak)),
    ];
}

function checkRoute(
    product: Product,
    key: string,
    { host, path, rateLimit, auth, frames = "deny" }: ProductRoute,
    hasKeycloak: boolean,
): Problem[] {
    const problems: Problem[] = [];
    if (host !== undefined && !HOST.test(host)) {
        const accepted = "host labels in lower case, for example api.psra";
        problems.push({ key: `${key}.host`, value: `"${host}"`, accepted, next: correct(product) });
    }
    if (path !== undefined && !PATH.test(path)) {
        const accepted =
            "/, or whole segments like /v1/orders: letters, digits and . _ ~ -, without . or .. as a segment";
        problems.push({ key: `${key}.path`, value: `"${path}"`, accepted, next: correct(product) });
    }
    if (auth && !hasKeycloak) {
        // Refused rather than served without: nothing in this stack could ask for a session.
        const accepted = "false, in a stack without Keycloak";
        const next = `set strata:identity to { keycloak: {} }, or ${correct(product)}`;
        problems.push({ key: `${key}.auth`, value: "true", accepted, next });
    }
    if (rateLimit !== undefined && !(Number.isInteger(rateLimit) && rateLimit >= 1)) {
        const accepted = "whole requests per second, at least 1";
        problems.push({ key: `${key}.rateLimit`, value: String(rateLimit), accepted, next: correct(product) });
    }
    if (!FRAMES.includes(frames)) {
        const accepted = FRAMES.join(", ");
        const next = `${suggestion(frames, FRAMES)}${correct(product)}`;
        problems.push({ key: `${key}.frames`, value: `"${String(frames)}"`, accepted, next });
    }
    return problems;
}
