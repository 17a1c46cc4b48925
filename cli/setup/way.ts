/** Whether plugins and images are the published ones or made on this machine. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Failure } from "../failure";

/** `published`: Pulumi's own binaries and upstream images. `offline`: made here from package registries. */
export type Way = "published" | "offline";

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
    /** What an earlier run decided. */
    readonly remembered: Decision | undefined;
    /** Whether a `pulumi` of the pinned version is on the PATH already. */
    readonly installed: () => Promise<boolean>;
    /** Asks the hosts that serve plugins and images; the reason why not, or `undefined` when all answer. */
    readonly unreachable: () => Promise<string | undefined>;
}

/**
 * Decides: what is forced, else what was decided before, else what can be reached.
 *
 * @throws Failure when `STRATA_OFFLINE` is neither 0 nor 1
 */
export async function decideWay(question: WayQuestion): Promise<Decision> {
    const { forced, remembered } = question;
    if (forced !== undefined && forced !== "") {
        if (forced === "1") return { way: "offline", reason: "STRATA_OFFLINE=1" };
        if (forced === "0") return { way: "published", reason: "STRATA_OFFLINE=0" };
        throw new Failure(
            `STRATA_OFFLINE is ${JSON.stringify(forced)}; accepted: 1 (make all here), 0 (use what is published)`,
            "unset it to let the set-up find out",
        );
    }
    if (remembered) return remembered;
    if (await question.installed()) return { way: "published", reason: "pulumi of the pinned version is installed" };
    const why = await question.unreachable();
    return why === undefined
        ? { way: "published", reason: "plugins and images can be downloaded" }
        : { way: "offline", reason: why };
}

/** Where published plugins and images come from. One that answers at all, with whatever status, can be reached. */
const SOURCES: readonly (readonly [what: string, url: string])[] = [
    ["plugins", "https://get.pulumi.com/"],
    ["images", "https://registry-1.docker.io/v2/"],
];

/**
 * Asks all sources at once.
 *
 * @param timeout - milliseconds for all of them together
 * @returns why not, or `undefined` when every source answered
 */
export async function findUnreachable(timeout = 5000): Promise<string | undefined> {
    const refusals = await Promise.all(
        SOURCES.map(async ([what, url]) => {
            try {
                await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(timeout) });
                return undefined;
            } catch {
                return `published ${what} cannot be reached`;
            }
        }),
    );
    return refusals.find((refusal) => refusal !== undefined);
}

/** The decision of an earlier run, from the cache. */
export function rememberedWay(cache: string): Decision | undefined {
    try {
        const { way, reason } = JSON.parse(readFileSync(fileIn(cache), "utf8")) as Decision;
        return way === "published" || way === "offline" ? { way, reason } : undefined;
    } catch {
        return undefined;
    }
}

/** Keeps a decision for the next run. */
export function rememberWay(cache: string, decision: Decision): void {
    mkdirSync(dirname(fileIn(cache)), { recursive: true });
    writeFileSync(fileIn(cache), `${JSON.stringify(decision)}\n`);
}

function fileIn(cache: string): string {
    return join(cache, "way.json");
}
