/** Resources that are inside servers of the environment itself. */

import type { Inside } from "../../components/kind";
import { hasRole, kindOf } from "../../components/kinds";
import type { Platform, Service } from "../../model/platform";
import { NETWORK } from "../../model/resource-types";
import { isWell } from "../engine/evidence";
import { logicalName } from "./labels";
import type { PlanLine } from "./plan";
import type { EngineView } from "./recovery";
import type { KnownState } from "./state";

/** Whether a service holds such resources, or is the edge, through which they are reached. */
function isAsked(service: Service): boolean {
    return kindOf(service).inside !== undefined || hasRole(service, "edge");
}

/**
 * Names of servers that a comparison with the state has to ask, and that do not answer. Even a run that changes nothing asks them.
 * Pure.
 */
export function silentServers(
    { services }: Pick<Platform, "services">,
    { contained }: Pick<KnownState, "contained">,
    { containers }: Pick<EngineView, "containers">,
): string[] {
    if (contained.length === 0) return [];
    const well = containers.filter((container) => !container.oneShot && isWell(container));
    return services
        .filter(isAsked)
        .map(({ name }) => name)
        .filter((name) => !well.some(({ service }) => service === name));
}

/** What is inside the given servers, or is reached through them. */
function behind({ services }: Pick<Platform, "services">, names: readonly string[]): Inside[] {
    const named = services.filter(({ name }) => names.includes(name));
    const behindAll = named.some((service) => hasRole(service, "edge"));
    return (behindAll ? services : named).flatMap((service) => kindOf(service).inside ?? []);
}

/** Providers of what is inside the given servers, or is reached through them. Pure. */
export function providersBehind(platform: Pick<Platform, "services">, names: readonly string[]): string[] {
    return behind(platform, names).map(({ provider }) => provider);
}

/** Whether a server in which people keep values is among the given ones, or is reached through them. Pure. */
export function keepValues(platform: Pick<Platform, "services">, names: readonly string[]): boolean {
    return behind(platform, names).some(({ keepsValues }) => keepsValues);
}

/**
 * The resources inside silent servers that a plan touches and the state does not know: no URN of the state leaves them out. A server
 * without known resources inside begins anew, and does not count. Pure.
 *
 * @param silent - providers of what cannot be asked
 */
export function addedInside(
    plan: readonly PlanLine[],
    { contained }: Pick<KnownState, "contained">,
    silent: readonly string[],
): PlanLine[] {
    const known = new Set(contained.map(({ urn }) => urn));
    const filled = new Set([...known].map(providerOf));
    return plan.filter(({ urn }) => {
        const provider = providerOf(urn);
        return provider !== undefined && silent.includes(provider) && filled.has(provider) && !known.has(urn);
    });
}

/**
 * Everything in a plan that is not needed to bring servers back, with the services that they wait for. The resources of a service have
 * its name. Networks always count as needed, because any service may be in them. Pure.
 *
 * @returns URNs
 */
export function besideServers(
    plan: readonly PlanLine[],
    platform: Pick<Platform, "services">,
    silent: readonly string[],
): string[] {
    const needed = withWaited(platform, silent);
    const inside = providersBehind(platform, silent);
    const belongs = (name: string): boolean => needed.some((one) => name === one || name.startsWith(`${one}-`));
    return plan
        .map(({ urn }) => urn)
        .filter((urn) => {
            if (inside.includes(providerOf(urn) ?? "")) return true;
            return typeOf(urn) !== NETWORK && !belongs(logicalName(urn));
        });
}

/** Services, and all that they start after. */
function withWaited({ services }: Pick<Platform, "services">, names: readonly string[]): string[] {
    const waited = services.filter(({ name }) => names.includes(name)).flatMap(({ startsAfter }) => startsAfter);
    const more = waited.filter((name) => !names.includes(name));
    return more.length === 0 ? [...names] : withWaited({ services }, [...names, ...new Set(more)]);
}

/** `vault`, of `urn:pulumi:…::strata::…$vault:index/mount:Mount::psra-kv`. */
function providerOf(urn: string): string | undefined {
    return typeOf(urn)?.split(":")[0];
}

function typeOf(urn: string): string | undefined {
    return urn.split("::")[2]?.split("$").at(-1);
}
