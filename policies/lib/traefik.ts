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
    // What is forwarded as it comes is not judged by hosts and paths, so there is none.
    tcp: z.undefined().optional(),
    udp: z.undefined().optional(),
});

/** An address that no visitor has. */
const NOBODY = "255.255.255.255/32";

/** A router with what it leads to. */
export interface Router {
    readonly name: string;
    /** Empty for all of them. */
    readonly entryPoints: readonly string[];
    readonly rule: string;
    /** DNS names and ports; empty when it leads to nothing that listens on a network. */
    readonly servers: readonly { readonly host: string; readonly port: number }[];
    /** Something is asked before a request passes. */
    readonly asks: boolean;
    /** No request passes. */
    readonly refuses: boolean;
}

/** @returns undefined if the text is none, or has routers of other protocols */
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
 * Everything that a service of Traefik may lead to.
 *
 * @returns none when a part of it leads to nothing: the rule refuses a router without servers
 */
function urlsOf(services: z.infer<typeof SCHEMA>["http"]["services"], name: string): string[] {
    const found = services[name];
    if (found === undefined) return [];
    if ("loadBalancer" in found) return found.loadBalancer.servers.map(({ url }) => url);
    const { service, fallback } = found.failover;
    // One below the other would be a way to hide a server, and a loop.
    const parts = [service, fallback].map((part) => {
        const target = services[part];
        return target !== undefined && "loadBalancer" in target ? urlsOf(services, part) : [];
    });
    return parts.some((urls) => urls.length === 0) ? [] : parts.flat();
}

/**
 * What Traefik reads, which is YAML. The program writes JSON, and YAML's parser takes a hundred times as long for it.
 *
 * @returns undefined if the text is neither
 */
function parsed(text: string): unknown {
    try {
        const data: unknown = JSON.parse(text);
        // A key that occurs twice is the last one for JSON and an error for YAML.
        if (`${JSON.stringify(data, undefined, 2)}\n` === text) return data;
    } catch {
        // It is not JSON.
    }
    try {
        return parse(text);
    } catch {
        return undefined;
    }
}

/** What a rule lets through. */
export interface Match {
    readonly host: string;
    /** A path, or everything below one that ends with a slash. */
    readonly paths: readonly string[];
    /** Also what a lenient server takes for the path: other case, an ending. Only something that asks may match so much. */
    readonly lenient: boolean;
}

/** A path in whole segments. */
const SEGMENTS = /^\(?(?:Path|PathPrefix)\(`[^`]*`\)(?: \|\| (?:Path|PathPrefix)\(`[^`]*`\))*\)?$/;

/** A path, in any case, with whatever ends a segment behind it. */
const LENIENT = /^PathRegexp\(`\(\?i\)\^((?:\/(?:[A-Za-z0-9_~-]|\\\.)+)+)\(\[\^a-z0-9_~-\]\|\$\)`\)$/;

/**
 * What a rule of Traefik matches: one host, and of it the paths that it names.
 *
 * @returns undefined for a rule that could match more than that: `PathPrefix` without a slash at the end compares characters
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
 * The conditions that all have to hold, so that each can only take something away.
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

/** Whether a planned path, which is itself and what is below it in whole segments, includes another. */
export function coversPath(planned: string, path: string): boolean {
    return planned.endsWith("/") ? path.startsWith(planned) : path === planned || path.startsWith(`${planned}/`);
}
