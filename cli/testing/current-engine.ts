/** Which engine the tests of a current engine run on: the machine's own, or a second one that is made for them. */

import { ENGINE_BUILD_PROGRAMS } from "../../offline/build/engine";
import { ISOLATED_GATEWAY_API, isAtLeast } from "../../model/engine-api";
import { onPath } from "../processes";
import type { Way } from "../setup/way";

/** Variable that tells the tests {@link CurrentEngine}, as JSON. */
export const CURRENT_ENGINE = "STRATA_TEST_CURRENT_ENGINE";

/** What the tests of a current engine run on. `none` is no success: the run says so and counts them as skipped. */
export type CurrentEngine =
    { readonly on: "machine" } | { readonly on: "second" } | { readonly on: "none"; readonly reason: string };

/** Programs on the PATH that are needed to start an engine in a network of its own. */
const RUN_PROGRAMS = ["docker-init", "ip", "iptables", "nsenter", "setpriv", "unshare"];

/** Facts on which {@link chooseCurrentEngine} decides. */
export interface TestMachine {
    readonly platform: NodeJS.Platform;
    readonly isRoot: boolean;
    /** Programs that are needed and not on the PATH. */
    readonly missing: readonly string[];
    /** How this machine gets its images. */
    readonly way: Way;
}

/**
 * Decides which engine these tests run on. Pure.
 *
 * @param api - API version of the machine's own engine
 */
export function chooseCurrentEngine(api: string, { platform, isRoot, missing, way }: TestMachine): CurrentEngine {
    if (isAtLeast(api, ISOLATED_GATEWAY_API)) return { on: "machine" };
    const own = `the machine's own engine speaks API ${api}, and a second one`;
    const none = (why: string): CurrentEngine => ({ on: "none", reason: `${own} ${why}` });
    if (platform !== "linux") return none("takes Linux");
    if (!isRoot) return none("takes root");
    // A digest belongs to a registry, and an engine in a network of its own reaches none.
    if (way !== "offline") return none("takes images that were made on this machine (STRATA_OFFLINE=1)");
    return missing.length === 0 ? { on: "second" } : none(`takes ${missing.join(", ")}`);
}

/** Looks at this machine. */
export async function readTestMachine(way: Way, env: NodeJS.ProcessEnv): Promise<TestMachine> {
    const programs = [...ENGINE_BUILD_PROGRAMS, ...RUN_PROGRAMS];
    const found = await Promise.all(programs.map((program) => onPath(program, env)));
    return {
        platform: process.platform,
        isRoot: process.getuid?.() === 0,
        missing: programs.filter((_, index) => !found[index]),
        way,
    };
}
