/** URNs by which existing environments know their resources. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { ROOT_TYPE } from "./engine";
import type { Program, Registered } from "./program";

/**
 * Expects that the program registers every released resource, under its URN or with that URN as an alias. Otherwise an update creates
 * the resource under the new URN, and deletes the old one with its data.
 *
 * `npm run golden:update` adds new URNs to the file and removes none. To remove a resource on purpose, delete its line by hand, and
 * describe in CHANGELOG.md what happens to it.
 *
 * @param file - URNs without stack and project, one a line
 */
export function expectReleased(file: string, { resources }: Program): void {
    const registered = new Map(resources.map((resource) => [resource.urn, resource]));
    const known = new Set([...registered.values()].flatMap((resource) => everyUrn(resource, registered).map(short)));
    const now = resources.map(({ urn }) => short(urn));
    const released = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    const all = [...new Set([...released, ...now])].sort();
    if (process.env["STRATA_UPDATE_GOLDEN"] === "1") writeFileSync(file, `${all.join("\n")}\n`);
    else expect({ toAdd: all.filter((urn) => !released.includes(urn)) }).toEqual({ toAdd: [] });
    expect({ withoutAlias: released.filter((urn) => !known.has(urn)) }).toEqual({ withoutAlias: [] });
}

/**
 * All URNs under which the engine finds a resource: its URN, its aliases, and the URNs that follow from the aliases of its parents. A
 * URN contains the types of the parents, and by custom a name begins with the parent's name
 * (https://www.pulumi.com/docs/iac/concepts/options/aliases/).
 */
function everyUrn({ urn, parent, options }: Registered, registered: ReadonlyMap<string, Registered>): string[] {
    const own = [urn, ...options.aliases];
    const above = parent === undefined ? undefined : registered.get(parent);
    if (above === undefined) return own;
    const [current, ...earlier] = everyUrn(above, registered).map(partsOf);
    return own.flatMap((it) => [
        it,
        ...earlier.map(({ types, name }) => {
            const mine = partsOf(it);
            const renamed = mine.name.startsWith(current!.name)
                ? name + mine.name.slice(current!.name.length)
                : mine.name;
            return [...it.split("::").slice(0, 2), `${types}$${mine.types.split("$").at(-1)}`, renamed].join("::");
        }),
    ]);
}

function partsOf(urn: string): { readonly types: string; readonly name: string } {
    const [, , types = "", name = ""] = urn.split("::");
    return { types, name };
}

/** A URN without stack and project, and without the stack's own type, which the SDK's stand-in for the engine puts in front. */
function short(urn: string): string {
    return urn.split("::").slice(2).join("::").replace(`${ROOT_TYPE}$`, "");
}
