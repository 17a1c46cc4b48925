/** Places on a server that a plan gives to two resources: what one of them makes there, the other one deletes. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { placeOfResource } from "../../model/places";
import { Failure } from "../failure";
import { isShown, logicalName } from "./labels";

/** One place that a plan gives to two resources. */
export interface Clash {
    /** `Vault psra/kv/config/jwt-secret`. */
    readonly place: string;
    /** URN of the resource that the plan makes there. */
    readonly maker: string;
    /** URN of the resource that is there already; equal to `maker` for a replacement that deletes what it has made. */
    readonly other: string;
    /** Whether the plan deletes the resource that is there already; otherwise both keep the place. */
    readonly isDeleted: boolean;
}

const MAKES: readonly string[] = ["create", "import", "create-replacement"];
const DELETES: readonly string[] = ["delete", "delete-replaced"];
const KEEPS: readonly string[] = ["same", "update"];

/** What the steps of a plan do at one place: for each URN, the number of its step. */
interface Place {
    readonly makers: Map<string, number>;
    readonly deleters: Map<string, number>;
    readonly keepers: Map<string, number>;
}

/**
 * The clashes of a plan, by place. Pulumi's engine deletes last, except for a replacement that deletes first. Only such a
 * replacement can empty and fill a place in one update. Pure.
 *
 * @param events - of a `pulumi preview`
 */
export function clashes(events: readonly EngineEvent[]): Clash[] {
    const places = new Map<string, Place>();
    events.forEach((event, index) => {
        const metadata = (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata;
        if (metadata !== undefined) note(places, metadata, index);
    });
    return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([place, steps]) => clashAt(place, steps) ?? []);
}

/** Parent of a product's resources in releases whose environments cannot be taken over: its children have no alias. */
const FORMER_PARENT = "strata:products:ProductServices$";

const CORRECT =
    "declare its name or path as before. After an upgrade of strata: update with the old declaration first, then change it. To begin anew at the place: take it out, update, declare it again";

const MAKE_ANEW =
    'an earlier release of strata made the environment, and this one cannot take it over. Take out what you need, run `npm run down -- --volumes` with that release, then `up` with this one: "From a release before ProductStores" in docs/upgrading.md';

/** @throws Failure when the plan has a clash */
export function refuseClashes(found: readonly Clash[], outcome: string): void {
    const [first, ...others] = found;
    if (first === undefined) return;
    const places = others.length > 0 ? `${first.place} and ${others.length} more` : first.place;
    throw new Failure(
        `two resources would share one place, and one of them would delete what the other one makes: ${places}; ${outcome}`,
        found.some(({ other }) => other.includes(FORMER_PARENT)) ? MAKE_ANEW : CORRECT,
        undefined,
        found.map((clash) => `  ${describe(clash)}`),
    );
}

function describe({ place, maker, other, isDeleted }: Clash): string {
    if (maker === other) return `${place}: the replacement of ${logicalName(maker)} deletes what it has made`;
    const [makes, has] = [maker, other].map(logicalName);
    return isDeleted
        ? `${place}: ${makes} makes it, then the deletion of ${has} deletes it`
        : `${place}: ${makes} makes what belongs to ${has}`;
}

function note(places: Map<string, Place>, { op, urn, type, new: next, old }: StepEventMetadata, index: number): void {
    const isDeletion = DELETES.includes(op);
    const inputs = (isDeletion ? old : next)?.inputs as Readonly<Record<string, unknown>> | undefined;
    if (isDeletion && old?.retainOnDelete === true) return;
    const known = Object.entries(inputs ?? {}).filter(([, value]) => isShown(value));
    const place = placeOfResource(type, Object.fromEntries(known));
    if (place === undefined) return;
    const steps = places.get(place) ?? { makers: new Map(), deleters: new Map(), keepers: new Map() };
    places.set(place, steps);
    const kind = isDeletion
        ? steps.deleters
        : MAKES.includes(op)
          ? steps.makers
          : KEEPS.includes(op)
            ? steps.keepers
            : undefined;
    // Each step has two events: when it begins, and when it has ended.
    if (kind !== undefined && !kind.has(urn)) kind.set(urn, index);
}

function clashAt(place: string, { makers, deleters, keepers }: Place): Clash | undefined {
    for (const [maker, made] of makers) {
        for (const [other, deleted] of deleters) {
            if (other !== maker || made < deleted) return { place, maker, other, isDeleted: true };
        }
        const other = [...keepers.keys(), ...makers.keys()].find((urn) => urn !== maker);
        if (other !== undefined) return { place, maker, other, isDeleted: false };
    }
    return undefined;
}
