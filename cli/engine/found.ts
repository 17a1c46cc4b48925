/** What the program is told about the engine. */

import { isAtLeast, keptApi, START_INTERVAL_API } from "../../model/engine-api";
import type { FoundEngine } from "../stacks/copy";
import type { Engine } from "../../engine/engine";

/** The engine's address and the API version that an environment on it uses. The version is missing when the engine does not answer. */
export async function foundEngine(engine: Engine, environment: string): Promise<FoundEngine> {
    const { host, certPath } = engine.choice;
    const version = await engine.version();
    return {
        host,
        ...(certPath !== undefined && { certPath }),
        ...(version !== undefined && { api: await usedApi(engine, environment, version.api) }),
    };
}

/** The API version that an environment uses. On an engine without newer abilities it is the engine's own. */
export async function usedApi(engine: Engine, environment: string, api: string): Promise<string> {
    return isAtLeast(api, START_INTERVAL_API) ? keptApi(api, await engine.madeWith(environment)) : api;
}
