/** Traefik's dynamic configuration, as far as rules read it. */

import { parse } from "yaml";
import { z } from "zod";

const SCHEMA = z.object({
    http: z.object({
        routers: z.record(
            z.string(),
            z.object({
                entryPoints: z.array(z.string()).default([]),
                rule: z.string(),
                service: z.string(),
                middlewares: z.array(z.string()).default([]),
            }),
        ),
        services: z.record(
            z.string(),
            z.union([
                z.strictObject({ loadBalancer: z.looseObject({ servers: z.array(z.object({ url: z.url() })) }) }),
                z.strictObject({ failover: z.object({ service: z.string(), fallback: z.string() }) }),
            ]),
        ),
        middlewares: z
            .record(
                z.string(),
                z.looseObject({
                    forwardAuth: z.unknown().optional(),
                    ipAllowList: z.looseObject({ sourceRange: z.array(z.string()) }).optional(),
                }),
            )
            .default({}),
    }),
    // TCP and UDP routers cannot be judged by hosts and paths, so none are accepted.
    tcp: z.undefined().optional(),
    udp: z.undefined().optional(),
});

/** An address that no visitor has. */
const NOBODY = "255.255.255.255/32";

/** A router and the servers that it leads to. */
export interface Router {
    readonly name: string;
    /** Empty means all entry points. */
    readonly entryPoints: readonly string[];
    readonly rule: string;
    /** DNS names and ports; empty when it leads to nothing that listens on a network. */
    readonly servers: readonly { readonly host: string; readonly port: number }[];
    /** The router has a forward authentication middleware. */
    readonly asks: boolean;
    /** The router's allow list lets no request pass. */
    readonly refuses: boolean;
}

/** Reads the HTTP routers. @returns undefined if the text is no dynamic configuration, or has routers of other protocols */
export function routersOf(text: string): Router[] | undefined {
    const result = SCHEMA.safeParse(parsed(text));
    if (!result.success) {
        return undefined;
    }
    const { routers, services, middlewares } = result.data.http;
    return Object.entries(routers).map(([name, { entryPoints, rule, service, middlewares: used }]) => ({
        name,
        entryPoints,
        rule,
        servers: urlsOf(services, service).map((url) => {
            const { hostname, port } = new URL(url);
            return { host: hostname, port: Number(port) };
        }),
        asks: used.some((one) => middlewares[one]?.forwardAuth !== undefined),
        refuses: used.some((one) => {
            const ranges = middlewares[one]?.ipAllowList?.sourceRange;
            return ranges !== undefined && ranges.every((range) => range === NOBODY);
        }),
    }));
}

/**
 * URLs of all servers that a service of Traefik may lead to.
 *
 * @returns an empty list when a part of the service leads to nothing: the rule refuses a router without servers
 */
function urlsOf(services: z.infer<typeof SCHEMA>["http"]["services"], name: string): string[] {
    const found = services[name];
    if (found === undefined) return [];
    if ("loadBalancer" in found) return found.loadBalancer.servers.map(({ url }) => url);
    const { service, fallback } = found.failover;
    // A failover below a failover could hide a server or form a loop, so it counts as a part without servers.
    const parts = [service, fallback].map((part) => {
        const target = services[part];
        return target !== undefined && "loadBalancer" in target ? urlsOf(services, part) : [];
    });
    return parts.some((urls) => urls.length === 0) ? [] : parts.flat();
}

/**
 * Parses the YAML that Traefik reads. The program writes JSON, which is tried first: YAML's parser takes a hundred times as long for it.
 *
 * @returns undefined if the text is neither JSON nor YAML
 */
function parsed(text: string): unknown {
    try {
        const data: unknown = JSON.parse(text);
        // When a key occurs twice, JSON's parser takes the last value and YAML's reports an error.
        if (`${JSON.stringify(data, undefined, 2)}\n` === text) return data;
    } catch {
        // The text is not JSON.
    }
    try {
        return parse(text);
    } catch {
        return undefined;
    }
}

/** The requests that a router's rule matches. */
export interface Match {
    readonly host: string;
    /** A path that ends with a slash stands for everything below it; any other path stands for itself. */
    readonly paths: readonly string[];
    /** Whether variants that a lenient server takes for the path match, too: other letter case, a suffix. Needs forward authentication. */
    readonly lenient: boolean;
}

/** A condition on one or more paths or path prefixes. */
const SEGMENTS = /^\(?(?:Path|PathPrefix)\(`[^`]*`\)(?: \|\| (?:Path|PathPrefix)\(`[^`]*`\))*\)?$/;

/** A condition on one path in any letter case, followed by its end or by a character that ends a segment. */
const LENIENT = /^PathRegexp\(`\(\?i\)\^((?:\/(?:[A-Za-z0-9_~-]|\\\.)+)+)\(\[\^a-z0-9_~-\]\|\$\)`\)$/;

/**
 * Reads a rule of Traefik that matches one host, and all of its paths or those that the rule names.
 *
 * @returns undefined for a rule that could match more: `PathPrefix` without a slash at the end compares characters, not segments
 */
export function matchOf(rule: string): Match | undefined {
    const [first = "", ...conditions] = conjunction(rule) ?? [];
    const [, host] = /^Host\(`([a-z0-9.-]+)`\)$/.exec(first) ?? [];
    if (host === undefined) {
        return undefined;
    }
    const about = conditions.filter((one) => SEGMENTS.test(one) || LENIENT.test(one));
    const [condition, ...others] = about;
    if (condition === undefined) {
        return { host, paths: ["/"], lenient: false };
    }
    const [, folder] = LENIENT.exec(condition) ?? [];
    if (folder !== undefined) {
        return others.length > 0 ? undefined : { host, paths: [folder.replaceAll("\\", "")], lenient: true };
    }
    const named = [...condition.matchAll(/(Path|PathPrefix)\(`([^`]*)`\)/g)];
    const open = named.some(([, matcher, path = ""]) => matcher === "PathPrefix" && !path.endsWith("/"));
    return open || others.length > 0
        ? undefined
        : { host, paths: named.map(([, , path = ""]) => path), lenient: false };
}

/**
 * The conditions between `&&`. All of them have to hold, so each can only narrow the match.
 *
 * @returns undefined for a rule with an alternative outside parentheses, or whose parentheses do not match
 */
function conjunction(rule: string): string[] | undefined {
    const parts: string[] = [];
    let depth = 0;
    let begin = 0;
    for (const { index, 0: token } of rule.matchAll(/`[^`]*`|[()]| && |\|\||`/g)) {
        if (token === "(" || token === ")") {
            depth += token === "(" ? 1 : -1;
        } else if (token === "`" || (token === "||" && depth === 0)) {
            return undefined;
        } else if (token === " && " && depth === 0) {
            parts.push(rule.slice(begin, index));
            begin = index + token.length;
        }
        if (depth < 0) {
            return undefined;
        }
    }
    return depth === 0 ? [...parts, rule.slice(begin)] : undefined;
}

/** Whether a planned path covers another path: the same path, or a path below it in whole segments. */
export function coversPath(planned: string, path: string): boolean {
    return planned.endsWith("/") ? path.startsWith(planned) : path === planned || path.startsWith(`${planned}/`);
}
