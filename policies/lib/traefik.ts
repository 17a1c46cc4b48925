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
            z.object({ loadBalancer: z.object({ servers: z.array(z.object({ url: z.url() })) }) }),
        ),
        middlewares: z.record(z.string(), z.looseObject({ forwardAuth: z.unknown().optional() })).default({}),
    }),
    // What is forwarded as it comes is not judged by hosts and paths, so there is none.
    tcp: z.undefined().optional(),
    udp: z.undefined().optional(),
});

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
}

/** @returns undefined if the text is none, or has routers of other protocols */
export function routersOf(text: string): Router[] | undefined {
    let data: unknown;
    try {
        data = parse(text);
    } catch {
        return undefined;
    }
    const result = SCHEMA.safeParse(data);
    if (!result.success) {
        return undefined;
    }
    const { routers, services, middlewares } = result.data.http;
    return Object.entries(routers).map(([name, { entryPoints, rule, service, middlewares: used }]) => ({
        name,
        entryPoints,
        rule,
        servers: (services[service]?.loadBalancer.servers ?? []).map(({ url }) => {
            const { hostname, port } = new URL(url);
            return { host: hostname, port: Number(port) };
        }),
        asks: used.some((one) => middlewares[one]?.forwardAuth !== undefined),
    }));
}

/** What a rule lets through. */
export interface Match {
    readonly host: string;
    /** A path, or everything below one that ends with a slash. */
    readonly paths: readonly string[];
}

const PATHS = /^\(?(?:Path|PathPrefix)\(`[^`]*`\)(?: \|\| (?:Path|PathPrefix)\(`[^`]*`\))*\)?$/;

/**
 * What a rule of Traefik matches: one host, and of it the paths that it names.
 *
 * @returns undefined for a rule that could match more than that: `PathPrefix` without a slash at the end compares characters
 */
export function matchOf(rule: string): Match | undefined {
    const [first = "", ...conditions] = rule.split(" && ");
    const [, host] = /^Host\(`([a-z0-9.-]+)`\)$/.exec(first) ?? [];
    if (host === undefined || !conditions.every(narrows)) {
        return undefined;
    }
    const [condition, ...others] = conditions.filter((one) => PATHS.test(one));
    if (condition === undefined) {
        return { host, paths: ["/"] };
    }
    const named = [...condition.matchAll(/(Path|PathPrefix)\(`([^`]*)`\)/g)];
    const open = named.some(([, kind, path = ""]) => kind === "PathPrefix" && !path.endsWith("/"));
    return open || others.length > 0 ? undefined : { host, paths: named.map(([, , path = ""]) => path) };
}

/** Whether a condition, added with `&&`, can only take something away. */
function narrows(condition: string): boolean {
    const bare = condition.replace(/`[^`]*`/g, "");
    const isWhole = bare.split("(").length === bare.split(")").length && !bare.includes("`");
    return isWhole && (!bare.includes("||") || /^\((?:[^()]|\([^()]*\))*\)$/.test(bare)) && !bare.includes("Host");
}

/** Whether a planned path, which is itself and what is below it in whole segments, includes another. */
export function coversPath(planned: string, path: string): boolean {
    return planned.endsWith("/") ? path.startsWith(planned) : path === planned || path.startsWith(`${planned}/`);
}
