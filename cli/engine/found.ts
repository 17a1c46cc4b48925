/** What the program is told about the engine. */

import { isAtLeast, keptApi, START_INTERVAL_API } from "../../model/engine-api";
import type { FoundEngine } from "../stacks/copy";
import type { Engine } from "../../engine/engine";

/** The engine's address, and the API version that an environment on it uses; without one when it does not answer. */
export async function foundEngine(engine: Engine, environment: string): Promise<FoundEngine> {
    const { host, certPath } = engine.choice;
    const version = await engine.version();
    return {
        host,
        ...(certPath !== undefined && { certPath }),
        ...(version !== undefined && { api: await usedApi(engine, environment, version.api) }),
    };
}

/** The API version that an environment uses. An engine that can do nothing newer leaves no choice, and is asked nothing more. */
export async function usedApi(engine: Engine, environment: string, api: string): Promise<string> {
    return isAtLeast(api, START_INTERVAL_API) ? keptApi(api, await engine.madeWith(environment)) : api;
}
