/** Checks a service's calls, its routes and the hosts outside that it reaches. */

import { hasRole } from "../components/kinds";
import { OUTSIDE_PORT } from "./declaration";
import { suggestion } from "./nearest";
import type { Problem } from "./problems";
import type { CommonDeclaration, Product } from "./product";
import { quoted } from "./schema/quoted";

/** Problems of a service's calls, routes and hosts outside. */
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
        ...checkEgress(product, name, service),
    ];
}

function correct(product: Product): string {
    return `correct it in products/${product.name}.ts`;
}

function checkCalls(product: Product, name: string, service: CommonDeclaration): Problem[] {
    const { calls = [] } = service;
    const key = `${product.name}/${name} calls`;
    if (hasRole(service, "store")) {
        return calls.map((callee) => ({
            key,
            value: quoted(callee),
            accepted: "none: a store calls no service",
            next: `take \`calls\` out of ${name} in products/${product.name}.ts`,
        }));
    }
    const known = Object.keys(product.services).filter((other) => other !== name);
    return calls.flatMap((callee): Problem[] => {
        const value = quoted(callee);
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
        if (hasRole(product.services[callee]!, "job")) {
            return [
                {
                    key,
                    value,
                    accepted: "applications: a job listens on no port",
                    next: `name ${name} in \`before\` of ${callee} in products/${product.name}.ts, if it has to wait for the job`,
                },
            ];
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
            value: quoted(other),
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
        // Without Keycloak no service can ask for a session: the route is refused, not served unprotected.
        ...(hasKeycloak ? [] : [...routes.entries()])
            .filter(([, { auth }]) => auth)
            .map(([index]) => ({
                key: `${key}[${index}].auth`,
                value: "true",
                accepted: "false, in a stack without Keycloak",
                next: `set strata:identity to { keycloak: {} }, or ${correct(product)}`,
            })),
    ];
}

/** Only applications have a way to the outside. A host twice would be a line that a later change overlooks. */
function checkEgress(product: Product, name: string, service: CommonDeclaration): Problem[] {
    const { egress = [] } = service;
    const key = `${product.name}/${name} egress`;
    if (egress.length > 0 && !hasRole(service, "application")) {
        return [
            {
                key,
                value: `${egress.length} hosts`,
                accepted: `none, for ${service.kind}: only applications reach hosts outside the platform`,
                next: `take \`egress\` out of ${name} in products/${product.name}.ts`,
            },
        ];
    }
    const endOf = ({ host, port = OUTSIDE_PORT }: (typeof egress)[number]): string => `${host}:${port}`;
    const ends = egress.map(endOf);
    return ends
        .filter((end, index) => ends.indexOf(end) < index)
        .map((end) => ({ key, value: end, accepted: "each host and port once", next: correct(product) }));
}
