/** Whether an application's port, calls, routes and settings make sense. */

import { suggestion } from "./nearest";
import type { Problem } from "./problems";
import {
    type ApplicationService,
    FRAMES,
    type Product,
    type ProductRoute,
    type Reload,
    RELOAD_SIGNALS,
} from "./product";
import { carriesLogin, namesSecret } from "./secret-names";

const REPOSITORY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/;
const HOST = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** Whole segments. What can be written in several ways (`%2f`, `//`, `/./`) is not what a service makes of it. */
const PATH = /^\/$|^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+\/?$/;
const SETTING = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** All problems of one application. */
export function checkApplication(
    product: Product,
    name: string,
    service: ApplicationService,
    hasKeycloak: boolean,
): Problem[] {
    return [
        ...checkImage(product, name, service),
        ...checkPort(product, name, service),
        ...checkCalls(product, name, service),
        ...checkStartsBefore(product, name, service),
        ...checkRoutes(product, name, service, hasKeycloak),
        ...checkSettings(product, name, service),
        ...checkProcess(product, name, service),
    ];
}

function correct(product: Product): string {
    return `correct it in products/${product.name}.ts`;
}

function checkImage(product: Product, name: string, { image }: ApplicationService): Problem[] {
    return REPOSITORY.test(image)
        ? []
        : [
              {
                  key: `${product.name}/${name} image`,
                  value: `"${image}"`,
                  accepted:
                      "a repository without tag or digest, for example ghcr.io/owner/name: what runs is in strata:releases",
                  next: correct(product),
              },
          ];
}

function checkPort(product: Product, name: string, { port }: ApplicationService): Problem[] {
    // Applications are not root and have no capability to bind a port below 1024.
    return Number.isInteger(port) && port >= 1024 && port <= 65535
        ? []
        : [
              {
                  key: `${product.name}/${name} port`,
                  value: String(port),
                  accepted: "a TCP port from 1024 to 65535",
                  next: correct(product),
              },
          ];
}

function checkCalls(product: Product, name: string, { calls = [] }: ApplicationService): Problem[] {
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
        const kind = product.services[callee]?.kind;
        return kind === "postgres" || kind === "redis"
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

function checkStartsBefore(product: Product, name: string, service: ApplicationService): Problem[] {
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
    { routes = [], zones }: ApplicationService,
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

function checkSettings(product: Product, name: string, { environment = {} }: ApplicationService): Problem[] {
    return Object.entries(environment).flatMap(([setting, value]): Problem[] => {
        const key = `${product.name}/${name} environment.${setting}`;
        if (!SETTING.test(setting)) {
            return [{ key, accepted: "a name of letters, digits and underscores", next: correct(product) }];
        }
        // The value is not quoted: it may be what the name says.
        return namesSecret(setting) || carriesLogin(value)
            ? [
                  {
                      key,
                      accepted:
                          "plain settings: what is in the environment can be read by everyone who can inspect the container",
                      next: `keep the value in Vault and name the file that holds it: ${setting}_FILE`,
                  },
              ]
            : [];
    });
}

function checkProcess(product: Product, name: string, { command, reload = "watch" }: ApplicationService): Problem[] {
    const next = correct(product);
    const problems: Problem[] = [];
    const [program = ""] = command ?? [];
    if (command !== undefined && program.trim() === "") {
        const accepted = 'a list that begins with the program, for example ["node", "server.js"]';
        problems.push({ key: `${product.name}/${name} command`, value: JSON.stringify(command), accepted, next });
    }
    const key = `${product.name}/${name} reload`;
    const accepted: readonly Reload[] = ["watch", "restart", ...RELOAD_SIGNALS];
    if (!accepted.includes(reload)) {
        const step = `${suggestion(reload, accepted)}${next}`;
        problems.push({ key, value: `"${reload}"`, accepted: accepted.join(", "), next: step });
    } else if (reload !== "watch" && command === undefined) {
        problems.push({
            key,
            value: `"${reload}"`,
            accepted: "watch, for a service without `command`: whoever signals a process has to have started it",
            next: `add \`command\`, the program and its arguments, to ${name} in products/${product.name}.ts`,
        });
    }
    return problems;
}
