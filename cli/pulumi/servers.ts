/** Resources that are inside servers of the environment itself. */

import type { Platform, ServiceKind } from "../../model/platform";
import { isWell } from "../engine/evidence";
import type { EngineView } from "./recovery";
import type { KnownState } from "./state";

/** What holds such resources, and what leads there. */
const SERVERS: readonly ServiceKind[] = ["edge", "vault", "keycloak"];

/**
 * Names of servers that would have to be asked for a comparison with the state and cannot be. Even a run that changes nothing
 * asks them. Pure.
 */
export function silentServers(
    { services }: Pick<Platform, "services">,
    { contained }: Pick<KnownState, "contained">,
    { containers }: Pick<EngineView, "containers">,
): string[] {
    if (contained.length === 0) return [];
    const well = containers.filter((container) => !container.oneShot && isWell(container));
    return services
        .filter(({ kind }) => SERVERS.includes(kind))
        .map(({ name }) => name)
        .filter((name) => !well.some(({ service }) => service === name));
}
