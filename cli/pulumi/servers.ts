/** Resources that are inside servers of the environment itself. Pure. */

import type { Platform, ServiceKind } from "../../model/platform";
import { isWell } from "../engine/evidence";
import type { EngineView } from "./recovery";
import type { KnownState } from "./state";

/** What holds such resources, and what leads there. */
const SERVERS: readonly ServiceKind[] = ["edge", "vault", "keycloak"];

/**
 * Names of servers that would have to be asked for a comparison with the state and cannot be. Even a run that changes nothing
 * asks them.
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

/**
 * Arguments of a run that leaves what is inside servers as the state knows it, and makes nothing that the declaration adds there. A
 * server that the state has nothing inside of is begun anew, and is no such server.
 *
 * @param withDependents - what waits for that is left alone, too
 */
export function leftAlone({ contained }: Pick<KnownState, "contained">, withDependents = false): string[] {
    if (contained.length === 0) return [];
    const providers = [...new Set(contained.map(({ urn }) => providerOf(urn)))].sort();
    // What is not in the state yet, or gets another name, is known by its type alone.
    const undeclared = providers.map((provider) => `**$${provider}:**`);
    const excluded = [...undeclared, ...contained.map(({ urn }) => urn)].flatMap((urn) => ["--exclude", urn]);
    return withDependents ? [...excluded, "--exclude-dependents"] : excluded;
}

/** Whether `pulumi` refuses a run because something that it makes or changes waits for what the run leaves out. */
export function lacksDependents(errors: readonly string[]): boolean {
    return errors.some((text) => /depends on .* not specified in --target list/.test(text));
}

/** `vault`, of `urn:pulumi:…::strata::…$vault:index/mount:Mount::psra-kv`. */
function providerOf(urn: string): string {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return type.split(":")[0] ?? "";
}
