/** Checks a product by itself, service by service, whatever services a stack selects. */

import { hasRole, isProgram, kindOf } from "../components/kinds";
import { checkConnections } from "./check-connections";
import { type CommonDeclaration, ZONE_ROLES } from "./declaration";
import { checkProductIdentity } from "./identity/check";
import type { Problem } from "./problems";
import type { Product, ProductService } from "./product";
import { formOf } from "./product-faults";
import { suggestion } from "./nearest";
import { quoted } from "./schema/quoted";

/**
 * All problems of a product. When its form is unreadable, only the problems of the form.
 *
 * @param hasKeycloak - whether the stack can ask people for a session
 */
export function checkProduct(product: Product, hasKeycloak = false): readonly Problem[] {
    const { problems, isReadable } = formOf(product);
    return isReadable ? [...problems, ...checkParts(product, hasKeycloak)] : problems;
}

/** Problems between the parts of a product. */
function checkParts(product: Product, hasKeycloak: boolean): Problem[] {
    return [
        ...checkProductIdentity(product),
        ...Object.entries(product.services).flatMap(([name, service]) => [
            ...checkZones(product, name, service),
            ...checkClients(product, name, service),
            ...checkReplicas(product, name, service),
            ...(kindOf(service).declared?.check?.(service, {
                owner: { product: product.name },
                product: product.name,
                name,
                services: product.services,
            }) ?? []),
            ...checkConnections(product, name, service, hasKeycloak),
        ]),
    ];
}

function fileOf(product: Product): string {
    return `products/${product.name}.ts`;
}

function checkZones(product: Product, name: string, service: ProductService): Problem[] {
    const key = `${product.name}/${name} zones`;
    const value = service.zones.join(", ") || "none";
    const declared = ZONE_ROLES.filter((role) => product.zones[role] !== undefined);
    if (service.zones.length === 0) {
        return [
            { key, value, accepted: `at least one of ${declared.join(", ")}`, next: `add one in ${fileOf(product)}` },
        ];
    }
    const missing = service.zones.filter((role) => !declared.includes(role));
    if (missing.length > 0) {
        return [
            {
                key,
                value,
                accepted: `zones that ${product.name} has: ${declared.join(", ") || "none"}`,
                next: `add ${missing.join(", ")} to \`zones\` of ${fileOf(product)}, or leave the zone`,
            },
        ];
    }
    if (hasRole(service, "store")) {
        return service.zones.join() === "data"
            ? []
            : [{ key, value, accepted: "data, for a store", next: `set \`zones: ["data"]\` in ${fileOf(product)}` }];
    }
    // The tiers of requirement B3 are public, DMZ, application and data. A service without the app zone is in the DMZ, so
    // it may not reach the data tier. A job serves no requests, so it is in no DMZ.
    return service.zones.includes("data") && !service.zones.includes("app") && !hasRole(service, "job")
        ? [
              {
                  key,
                  value,
                  accepted: "data only together with app: a frontend never reaches a database",
                  next: `let it call a service of the app zone instead, or add "app" in ${fileOf(product)}`,
              },
          ]
        : [];
}

/** Clients are programs of the product; parts for migrations serve jobs only. */
function checkClients(product: Product, name: string, service: ProductService): Problem[] {
    const parts = kindOf(service).store?.parts(service, name) ?? [];
    return parts.flatMap(({ clients, forJobs = false }) => {
        const accepted = Object.entries(product.services)
            .filter(([, other]) => (forJobs ? hasRole(other, "job") : isProgram(other)))
            .map(([other]) => other);
        const what = forJobs ? "a job" : "an application or a job";
        return clients
            .filter((client) => !accepted.includes(client))
            .map((client) => ({
                key: `${product.name}/${name} ${forJobs ? "migrations" : "clients"}`,
                value: quoted(client),
                accepted: `${what} of ${product.name}: ${accepted.join(", ") || "it has none"}`,
                next: `${suggestion(client, accepted)}correct it in ${fileOf(product)}`,
            }));
    });
}

/** A store's data has one writer: to serve more clients, give the store larger `limits`. */
function checkReplicas(product: Product, name: string, service: CommonDeclaration): Problem[] {
    const { replicas = 1 } = service;
    return replicas === 1 || hasRole(service, "application")
        ? []
        : [
              {
                  key: `${product.name}/${name} replicas`,
                  value: String(replicas),
                  accepted: `1, for ${service.kind}: only applications have several replicas`,
                  next: `take \`replicas\` out in ${fileOf(product)}; \`limits\` make the service larger`,
              },
          ];
}
