/** What a stack's state knows of data: what holds it, whose it is, what is inside, and how servers number it. Pure. */

import { isKept } from "../../model/kept-types";
import { kindAround, type KindName, numberedKind } from "../../components/kinds";
import { LABEL, labelledOwner } from "../../model/names";
import { ownerName, PLATFORM } from "../../model/owner";
import type { Platform } from "../../model/platform";
import { COMMAND, GROUP, ROLE, VOLUME } from "../../model/resource-types";
import { looseIn } from "./forgotten";
import { logicalName } from "./labels";
import type { RawResource } from "./state-document";
import { isData, known, type KnownObject } from "./state-objects";

/** A resource that holds data. */
export interface ProtectedData {
    readonly urn: string;
    readonly type: string;
    /** Name of the product or tenant that it belongs to, or `platform`. */
    readonly owner: string;
    /** A volume's name, a mount's path, a key as `<mount>/<key>`, the name of a realm, group or role. */
    readonly name: string;
    /** Only of a volume: the service whose data it is. */
    readonly service?: string;
}

/** A data volume whose server gives its data a number when it makes it. */
export interface KnownData {
    readonly server: KindName;
    /** URN. */
    readonly volume: string;
    /**
     * What the kind reads from the volume (`NumberedData`), or the numbers of what is inside (`NumberedResources`): one of them is
     * enough.
     */
    readonly numbers: readonly string[];
    /** URN of the command that reads the number; missing when the numbers are outputs of what is inside. */
    readonly reader?: string;
    /** URN of the component that has the number as an output; missing when the numbers are outputs of what is inside. */
    readonly holder?: string;
}

/** What is inside a server's data and not on the engine, with the URN of the volume that holds it (`deletedWith`). */
export interface Contained {
    readonly urn: string;
    readonly volume: string;
}

/**
 * The resources inside servers' data, each with its volume. A resource inside a mount goes with the mount, and the mount with the
 * volume: the volume counts. A resource that a refresh has cut loose from its volume is recognised by its type.
 */
export function containedIn(resources: readonly RawResource[], holding: readonly KnownObject[]): Contained[] {
    const holders = new Map(
        resources.flatMap((resource) => {
            const { urn, deletedWith = "" } = resource;
            const service = looseIn(resource);
            const volume = holding.find(({ labels }) => service !== undefined && labels[LABEL.service] === service);
            const holder = deletedWith === "" ? volume?.urn : deletedWith;
            return holder === undefined ? [] : [[urn, holder] as const];
        }),
    );
    const outermost = (urn: string): string => {
        const holder = holders.get(urn);
        return holder === undefined || holder === urn ? urn : outermost(holder);
    };
    return [...holders.keys()].map((urn) => ({ urn, volume: outermost(urn) }));
}

/** Whether a resource holds data. */
export function holdsData(resource: RawResource): boolean {
    return resource.type === VOLUME ? isData(known(resource)) : isKept(resource.type, resource.inputs);
}

/** Describes a resource with data in it. */
export function protectedData(resource: RawResource, plan: Partial<Platform>): ProtectedData {
    const { urn, type, inputs = {}, outputs = {} } = resource;
    const text = (key: string): string | undefined => {
        const value = inputs[key] ?? outputs[key];
        return typeof value === "string" ? value : undefined;
    };
    if (type === VOLUME) {
        const { name, labels } = known(resource);
        const service = labels[LABEL.service];
        const owner = ownerName(labelledOwner(labels) ?? { product: PLATFORM });
        return { urn, type, owner, name, ...(service !== undefined && { service }) };
    }
    const mount = text("path") ?? text("backend");
    if (type.startsWith("vault:") && mount !== undefined) {
        const inside = text("path") === undefined ? text("name") : undefined;
        return { urn, type, owner: mount.split("/")[0]!, name: inside === undefined ? mount : `${mount}/${inside}` };
    }
    const name = text("realm") ?? text("name") ?? logicalName(urn);
    return { urn, type, owner: ownerInRealm(type, name, plan), name };
}

/**
 * Owner of a role or group. A product's roles begin with its name, and its groups have its roles. A group without roles counts as
 * the platform's.
 */
function ownerInRealm(type: string, name: string, { products = [], realm }: Partial<Platform>): string {
    const ofRole = (role: string): string | undefined =>
        products
            .filter((product) => role.startsWith(`${product}-`))
            .sort((a, b) => b.length - a.length)
            .at(0);
    if (type === ROLE) return ofRole(name) ?? PLATFORM;
    const roles = type === GROUP ? realm?.groups.find((group) => group.name === name)?.roles : undefined;
    const [owner, another] = new Set(roles?.map(ofRole));
    return another === undefined ? (owner ?? PLATFORM) : PLATFORM;
}

/** The numbers that servers keep in their volumes. A component is named after its service, and so is the volume's label. */
export function numberedStores(resources: readonly RawResource[], volumes: readonly KnownObject[]): KnownData[] {
    return resources.flatMap(({ type: component, urn, outputs }) => {
        const server = numberedKind(component)?.kind;
        const number = outputs?.["identity"];
        const volume = volumes.find(({ labels }) => labels[LABEL.service] === logicalName(urn));
        const reader = resources.find(({ type, parent }) => type === COMMAND && parent === urn);
        if (server === undefined || typeof number !== "string" || number === "" || volume === undefined) return [];
        return [{ server, volume: volume.urn, numbers: [number], holder: urn, ...(reader && { reader: reader.urn }) }];
    });
}

/** The numbers that servers have given to what is inside them. */
export function numberedInside(resources: readonly RawResource[], contained: readonly Contained[]): KnownData[] {
    const found = resources.flatMap((resource) => {
        const one = numberOf(resource);
        const volume = contained.find(({ urn }) => urn === resource.urn)?.volume;
        return one === undefined || volume === undefined ? [] : [{ ...one, volume }];
    });
    return [...new Set(found.map(({ volume }) => volume))].map((volume) => {
        const own = found.filter((it) => it.volume === volume);
        return { server: own[0]!.server, volume, numbers: own.map(({ number }) => number) };
    });
}

function numberOf({ type, outputs }: RawResource): { server: KindName; number: string } | undefined {
    const { kind: server, inside } = kindAround(type) ?? {};
    const number = inside?.numbered?.type === type ? outputs?.[inside.numbered.output] : undefined;
    return server !== undefined && typeof number === "string" ? { server, number } : undefined;
}
