/** Settings that are fixed once a service has data. */

import { type KindName, KINDS } from "../../components/kinds";
import type { Kind } from "../../components/kind";
import type { Service } from "../../model/platform";
import { Failure, npmRun } from "../failure";
import type { KnownState } from "./state";

/** The fixed settings of services, by their key in the configuration. A kind that this release does not have has none. */
export function fixedSettings(services: readonly Pick<Service, "kind" | "spec">[]): Record<string, string> {
    const kinds: Readonly<Partial<Record<KindName, Kind>>> = KINDS;
    return Object.assign({}, ...services.map(({ kind, spec }) => kinds[kind]?.fixed?.(spec))) as Record<string, string>;
}

/**
 * Refuses another value of a fixed setting. An environment that is made anew, with new data, may have any.
 *
 * @throws Failure that names every such setting
 */
export function refuseFixedSettings(
    { fixed }: Pick<KnownState, "fixed">,
    services: readonly Pick<Service, "kind" | "spec">[],
    stack: string,
): void {
    const changed = Object.entries(fixedSettings(services)).filter(
        ([key, value]) => Object.hasOwn(fixed, key) && fixed[key] !== value,
    );
    const [first] = changed;
    if (first === undefined) return;
    throw new Failure(
        changed.map(([key, value]) => `${key} is ${value}, and the data was made with ${fixed[key]}`).join("; "),
        `set it back to ${fixed[first[0]]}; only an environment without its data can have another one: ${npmRun("down", stack, "--volumes")}`,
    );
}
