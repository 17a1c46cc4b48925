/** Whether a product's data makes sense by itself, service by service, whatever a stack selects of it. */

import { hasRole, kindOf } from "../components/kinds";
import { checkConnections } from "./check-connections";
import { checkProductIdentity } from "./identity/check";
import type { Limits } from "./platform";
import type { Problem } from "./problems";
import type { Product, ProductService, ZoneRole } from "./product";
import { suggestion } from "./nearest";
import { clientsOf } from "./selection";

const PRODUCT = /^[a-z]([a-z0-9]|-(?=[a-z0-9])){0,19}$/;
const SERVICE = /^[a-z]([a-z0-9]|-(?=[a-z0-9])){0,29}$/;

/**
 * All problems of a product.
 *
 * @param hasKeycloak - whether there is something that can ask for a session
 */
export function checkProduct(product: Product, hasKeycloak = false): Problem[] {
    return [
        ...checkName(product),
        ...checkSubnets(product),
        ...checkProductIdentity(product),
        ...Object.entries(product.services).flatMap(([name, service]) => [
            ...checkServiceName(product, name),
            ...checkZones(product, name, service),
            ...checkLimits(product, name, service.limits ?? {}),
            ...checkHealthCheck(product, name, service),
            ...checkClients(product, name, service),
            ...(kindOf(service).declared?.check(service, { product: product.name, name, services: product.services }) ??
                []),
            ...checkConnections(product, name, service, hasKeycloak),
        ]),
    ];
}

function fileOf(product: Product): string {
    return `products/${product.name}.ts`;
}

function checkName({ name }: Product): Problem[] {
    return PRODUCT.test(name)
        ? []
        : [
              {
                  key: `product ${name}`,
                  value: `"${name}"`,
                  accepted: "1 to 20 lower-case letters, digits and single dashes, a letter first",
                  next: "rename the product",
              },
          ];
}

function checkSubnets(product: Product): Problem[] {
    return Object.entries(product.zones).flatMap(([role, { subnet }]) => {
        const key = `${product.name} zone ${role} subnet`;
        const next = `choose a free number in ${fileOf(product)}`;
        if (!Number.isInteger(subnet) || subnet < 0 || subnet > 255) {
            return [{ key, value: String(subnet), accepted: "a whole number from 0 to 255", next }];
        }
        return [];
    });
}

function checkServiceName(product: Product, name: string): Problem[] {
    return SERVICE.test(name)
        ? []
        : [
              {
                  key: `${product.name}/${name} name`,
                  value: `"${name}"`,
                  accepted: "1 to 30 lower-case letters, digits and single dashes, a letter first",
                  next: `rename the service in ${fileOf(product)}`,
              },
          ];
}

function checkZones(product: Product, name: string, service: ProductService): Problem[] {
    const key = `${product.name}/${name} zones`;
    const value = service.zones.join(", ") || "none";
    const declared = (Object.keys(product.zones) as ZoneRole[]).filter((role) => product.zones[role] !== undefined);
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
    // Requirement B3: public, DMZ, application, data. What the public's tier can reach is not yet an application.
    return service.zones.includes("data") && !service.zones.includes("app")
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

function checkLimits(product: Product, name: string, { memoryMiB, cpus, processes }: Partial<Limits>): Problem[] {
    const next = `correct it in ${fileOf(product)}`;
    const problems: Problem[] = [];
    const check = (
        field: keyof Limits,
        value: number | undefined,
        valid: (value: number) => boolean,
        accepted: string,
    ): void => {
        if (value !== undefined && !valid(value)) {
            problems.push({ key: `${product.name}/${name} limits.${field}`, value: String(value), accepted, next });
        }
    };
    check("memoryMiB", memoryMiB, (value) => Number.isInteger(value) && value >= 16, "whole MiB, at least 16");
    check("cpus", cpus, (value) => value >= 0.05 && value <= 128, "cores from 0.05 to 128");
    check(
        "processes",
        processes,
        (value) => Number.isInteger(value) && value >= 256,
        "a whole number, at least 256: the threads of the service, of its agent and of both health checks count",
    );
    return problems;
}

function checkHealthCheck(product: Product, name: string, { healthCheck = {} }: ProductService): Problem[] {
    const next = `correct it in ${fileOf(product)}`;
    const seconds = (["interval", "timeout", "retries", "startPeriod"] as const).flatMap((field) => {
        const value = healthCheck[field];
        const least = field === "startPeriod" ? 0 : 1;
        return value === undefined || (Number.isInteger(value) && value >= least)
            ? []
            : [
                  {
                      key: `${product.name}/${name} healthCheck.${field}`,
                      value: String(value),
                      accepted: `a whole number, at least ${least}`,
                      next,
                  },
              ];
    });
    const { test } = healthCheck;
    const runs = test === undefined || ((test[0] === "CMD" || test[0] === "CMD-SHELL") && test.length > 1);
    return runs
        ? seconds
        : [
              ...seconds,
              {
                  key: `${product.name}/${name} healthCheck.test`,
                  value: JSON.stringify(test),
                  accepted: '["CMD", program, ...] or ["CMD-SHELL", line]: every service has a health check',
                  next,
              },
          ];
}

function checkClients(product: Product, name: string, service: ProductService): Problem[] {
    const applications = Object.entries(product.services)
        .filter(([, other]) => hasRole(other, "application"))
        .map(([other]) => other);
    return clientsOf(service, name)
        .filter((client) => !applications.includes(client))
        .map((client) => ({
            key: `${product.name}/${name} clients`,
            value: `"${client}"`,
            accepted: `an application of ${product.name}: ${applications.join(", ")}`,
            next: `${suggestion(client, applications)}correct it in ${fileOf(product)}`,
        }));
}
