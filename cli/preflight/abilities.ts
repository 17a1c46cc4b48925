/** What the engine's release can guarantee, and what the environment uses of it. */

import { ISOLATED_GATEWAY_API, isAtLeast, START_INTERVAL_API } from "../../model/engine-api";
import type { EngineVersion } from "../../engine/info";
import type { Finding } from "./finding";

/** API versions that matter for an environment. */
export interface UsedApi {
    /** What the program is told: the stack file's value, or what the environment was made with. */
    readonly used: string | undefined;
    /** `strata:engine.api` of the stack file. */
    readonly written: string | undefined;
}

/** First releases that do not ask the host's own resolver for names from internal networks (CVE-2024-29018). */
const KEEPS_NAMES = [
    [23, 0, 11],
    [25, 0, 5],
    [26, 0, 0],
] as const;

/** Judges the abilities. Pure. */
export function judgeAbilities(engine: EngineVersion, { used, written }: UsedApi): Finding[] {
    if (written !== undefined && !isAtLeast(engine.api, written)) {
        return [
            {
                what: "strata:engine.api",
                value: `${written}, and the engine speaks ${engine.api} at most: it would take options and ignore them`,
                verdict: "bad",
                accepted: `at most ${engine.api}`,
                fix: "take strata:engine.api out of the stack file, or upgrade the engine",
            },
            judgeNames(engine.version),
        ];
    }
    return [judgeGateway(engine, used), judgeStart(engine, used), judgeNames(engine.version)];
}

function judgeGateway({ version, api }: EngineVersion, used: string | undefined): Finding {
    const what = "gateway isolation";
    if (isAtLeast(used, ISOLATED_GATEWAY_API)) {
        return { what, value: `internal networks have no gateway on the host (API ${used})`, verdict: "good" };
    }
    // The host has no address there, but is still a member of the bridge.
    const value = "internal networks have a bridge without an address on the host (inhibit_ipv4)";
    return {
        what,
        value: isAtLeast(api, ISOLATED_GATEWAY_API)
            ? `${value}; the engine could leave the host out of them altogether`
            : `${value}; an isolated gateway needs API ${ISOLATED_GATEWAY_API} (Docker 28), the engine is ${version} with API ${api}`,
        verdict: "note",
        fix: switchTo(api, ISOLATED_GATEWAY_API, "Docker Engine 28 or newer"),
        lasting: true,
    };
}

function judgeStart({ version, api }: EngineVersion, used: string | undefined): Finding {
    const what = "health checks while a container starts";
    if (isAtLeast(used, START_INTERVAL_API)) {
        return { what, value: "every second until the first good answer", verdict: "good" };
    }
    const value = "every strata:healthCheckInterval seconds, so a start waits up to that long for its first answer";
    return {
        what,
        value: isAtLeast(api, START_INTERVAL_API)
            ? `${value}; the engine could check every second`
            : `${value}; checks every second need API ${START_INTERVAL_API} (Docker 25), the engine is ${version} with API ${api}`,
        verdict: "note",
        fix: switchTo(api, START_INTERVAL_API, "Docker Engine 25 or newer"),
        lasting: true,
    };
}

/** Changing these options makes all networks and containers anew, so the user says when. */
function switchTo(api: string, needed: string, release: string): string {
    return isAtLeast(api, needed)
        ? `to switch, set strata:engine: { api: "${api}" } in the stack file: the next up makes all networks and containers anew`
        : `upgrade to ${release}`;
}

function judgeNames(version: string): Finding {
    const what = "DNS in zones";
    return keepsNames(version)
        ? {
              what,
              value: "names of a zone come from the engine, and outside names are asked nowhere",
              verdict: "good",
          }
        : {
              what,
              value: `engine ${version} asks the host's own resolver for names from internal networks (CVE-2024-29018); strata's containers send such questions nowhere, others' do not`,
              verdict: "note",
              fix: "upgrade to Docker Engine 23.0.11, 25.0.5, 26.0 or newer",
              lasting: true,
          };
}

/** Whether a release has the correction. Each affected line has its own first corrected release; other old lines have none. */
function keepsNames(version: string): boolean {
    const [major = 0, minor = 0, patch = 0] = version.split(/[^\d]+/).map(Number);
    if (major >= 26) return true;
    const mended = KEEPS_NAMES.find(([line]) => line === major);
    return mended !== undefined && (minor > mended[1] || (minor === mended[1] && patch >= mended[2]));
}
