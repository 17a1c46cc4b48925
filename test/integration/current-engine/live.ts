/** The one platform on a current engine that the parts of the test share, and the engine that it runs on. */

import { CURRENT_ENGINE, type CurrentEngine } from "../../../cli/testing/current-engine";
import { offlineContext } from "../../../cli/setup/setup";
import type { Platform } from "../../../model/platform";
import { imageTag } from "../../../offline/build/images";
import { asGuestOf, run } from "../../support/live-engine";
import { LiveStack } from "../../support/live-stack";
import { SecondEngine } from "../../support/second-engine";

/** Name of the environment. */
export const ENV = "test-engine";

/** Milliseconds. */
export const MINUTE = 60_000;

/** Seconds between health checks: so many that whatever is healthy sooner was checked more often at its start. */
export const CHECK_INTERVAL = 90;

/** What `npm test` decided. @throws Error when something else started the tests */
export const chosen = readChoice();

/** The engine that the test starts and stops, unless the machine's own is a current one. */
export const second = chosen.on === "second" ? new SecondEngine() : undefined;

// This file has an environment of its own: from here on everything in it speaks to the current engine.
if (second !== undefined) process.env["DOCKER_HOST"] = second.host;

/** Two products with their stores, without the identity layer. */
export const stack = new LiveStack({
    name: ENV,
    addressBase: "10.226",
    port: 24080,
    config: { "strata:identity": undefined, "strata:healthCheckInterval": CHECK_INTERVAL },
    ...(second && { enter: second.enter }),
});

/** What the stack declares. */
export const platform: Platform = stack.declared().platform;

/** Reference of the image that looks at networks from the inside. */
export const probeImage = imageTag(offlineContext(), "probe");

/** Name of a service's container. */
export function of(service: string): string {
    return `${ENV}-${service}`;
}

/** What the probe prints where a service's container is: a line of JSON for each question. */
export async function probe<T>(from: string, command: readonly string[]): Promise<T[]> {
    const { stdout } = await asGuestOf({ environment: ENV, of: of(from), image: probeImage, command: [...command] });
    return stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T);
}

/** Runs a program in the network of the engine's machine. @returns its standard output @throws Error when it does not end with 0 */
export async function onEngineMachine(...commandLine: readonly string[]): Promise<string> {
    const [command = "", ...args] = [...(second?.enter ?? []), ...commandLine];
    const { code, stdout, stderr } = await run(command, args);
    if (code !== 0) throw new Error(`${commandLine.join(" ")} ended with ${code}: ${stderr}`);
    return stdout;
}

function readChoice(): CurrentEngine {
    const text = process.env[CURRENT_ENGINE];
    if (text === undefined) throw new Error(`${CURRENT_ENGINE} is not set: npm test decides on which engine this runs`);
    return JSON.parse(text) as CurrentEngine;
}
