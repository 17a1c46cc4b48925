/** Whether plugins and images are the published ones or made on this machine. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Way } from "../../model/supply";
import { Failure } from "../failure";
import { DOCKER_HUB, registryOf } from "./registry";

export type { Way } from "../../model/supply";

/** A way and why. */
export interface Decision {
    readonly way: Way;
    /** For the user, for example `STRATA_OFFLINE=1`. */
    readonly reason: string;
}

/** What the decision can rest on. */
export interface WayQuestion {
    /** Value of `STRATA_OFFLINE`. */
    readonly forced: string | undefined;
    /** How the environment was made that the decision is for. */
    readonly recorded?: Way | undefined;
    /** URL of the mirror that is to be used. */
    readonly mirror?: string | undefined;
    /** What an earlier run decided. */
    readonly remembered: Decision | undefined;
    /** Whether a `pulumi` of the pinned version is on the PATH already. */
    readonly installed: () => Promise<boolean>;
    /** Asks the hosts that serve plugins and images; the reason why not, or `undefined` when all answer. */
    readonly unreachable: () => Promise<string | undefined>;
}

/**
 * Decides: what is forced, else how the environment was made, else a mirror, else what was decided before, else what can be
 * reached.
 *
 * @throws Failure when `STRATA_OFFLINE` is neither 0 nor 1
 */
export async function decideWay(question: WayQuestion): Promise<Decision> {
    const { forced, recorded, mirror, remembered } = question;
    const from = mirror === undefined ? [] : [`the mirror ${mirror}`];
    if (forced !== undefined && forced !== "") {
        if (forced === "1") return { way: "offline", reason: "STRATA_OFFLINE=1" };
        if (forced === "0") return { way: "published", reason: ["STRATA_OFFLINE=0", ...from].join(", ") };
        throw new Failure(
            `STRATA_OFFLINE is ${JSON.stringify(forced)}; accepted: 1 (make all here), 0 (use what is published)`,
            "unset it to let the set-up find out",
        );
    }
    if (recorded) return { way: recorded, reason: "the environment was made this way" };
    if (mirror !== undefined) return { way: "published", reason: from.join() };
    if (remembered) return remembered;
    if (await question.installed()) return { way: "published", reason: "pulumi of the pinned version is installed" };
    const why = await question.unreachable();
    return why === undefined
        ? { way: "published", reason: "plugins and images can be downloaded" }
        : { way: "offline", reason: why };
}

/** Something that published plugins or images come from. */
export interface Source {
    /** For the person: `images of ghcr.io`. */
    readonly what: string;
    readonly url: string;
}

/** Everything that a decision for the published way rests on: Pulumi's downloads, and the registry of every image. Pure. */
export function sourcesOf(images: readonly string[]): Source[] {
    const registries = [...new Set(images.map(registryOf))].filter((host) => host !== undefined).sort();
    return [
        { what: "published plugins", url: "https://get.pulumi.com/" },
        ...registries.map((host) => ({
            what: `published images of ${host}`,
            url: `https://${host === DOCKER_HUB ? "registry-1.docker.io" : host}/v2/`,
        })),
    ];
}

/** Milliseconds for each attempt. The second attempt has more time, because a slow answer is not a refusal. */
const PATIENCE = [5000, 10_000] as const;

/**
 * Asks all sources at once. A source that answers with any status can be reached.
 *
 * @param patience - milliseconds for each attempt
 * @returns why not, or `undefined` when every source answered
 */
export async function findUnreachable(
    sources: readonly Source[],
    patience: readonly number[] = PATIENCE,
): Promise<string | undefined> {
    const refusals = await Promise.all(
        sources.map(async ({ what, url }) => {
            for (const timeout of patience) {
                try {
                    await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(timeout) });
                    return undefined;
                } catch {
                    // Asked again, or given up.
                }
            }
            return `${what} cannot be reached`;
        }),
    );
    return refusals.find((refusal) => refusal !== undefined);
}

/** Milliseconds for which a decision counts that rests on something that could not be reached. */
const UNREACHABLE_FOR = 24 * 3600 * 1000;

/**
 * The decision of an earlier run, from the cache. That something could not be reached is forgotten after a day; the environments
 * that were made meanwhile stay what they are.
 *
 * @param now - milliseconds
 */
export function rememberedWay(cache: string, now: number = Date.now()): Decision | undefined {
    try {
        const { way, reason, at } = JSON.parse(readFileSync(fileIn(cache), "utf8")) as Decision & { at?: string };
        const age = now - Date.parse(at ?? "");
        if (way === "published") return { way, reason };
        return way === "offline" && age >= 0 && age < UNREACHABLE_FOR ? { way, reason } : undefined;
    } catch {
        return undefined;
    }
}

/** Keeps a decision for the next run. */
export function rememberWay(cache: string, decision: Decision, now: number = Date.now()): void {
    mkdirSync(dirname(fileIn(cache)), { recursive: true });
    writeFileSync(fileIn(cache), `${JSON.stringify({ ...decision, at: new Date(now).toISOString() })}\n`);
}

function fileIn(cache: string): string {
    return join(cache, "way.json");
}
