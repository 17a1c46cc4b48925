/**
 * What a preview says would happen, as data and as lines: what deletes data first, then what is deleted, replaced and changed,
 * each by name, then what is new. Values are in none of it, because they may be secret. Pure.
 */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { isKept } from "../../model/kept-types";
import { LABEL } from "../../model/names";
import { VOLUME } from "../../model/resource-types";
import type { Mark } from "../output/progress";
import { kindOf, nameOf, logicalName } from "./labels";

/** What happens to a resource. `outputs`: the stack's outputs change. */
export type PlanAction = "delete" | "replace" | "change" | "create" | "outputs";

/** One resource that an update would touch. */
export interface PlanLine {
    readonly action: PlanAction;
    readonly urn: string;
    /** `container`, `Vault policy`. */
    readonly kind: string;
    readonly name: string;
    /** Names of the properties that change. */
    readonly properties: readonly string[];
    /** Those of them that cannot be changed in place. */
    readonly causes: readonly string[];
    /** Whether data that people or services wrote is deleted with it. */
    readonly losesData: boolean;
}

/** More new resources than this are shown by kind. */
const MANY = 20;

/** Number of names of a group that are shown. */
const SHOWN = 6;

/** The root of every stack; its outputs are the stack's. */
const STACK = "pulumi:pulumi:Stack";

const ACTIONS: Readonly<Record<string, PlanAction>> = {
    create: "create",
    import: "create",
    "create-replacement": "replace",
    replace: "replace",
    update: "change",
    delete: "delete",
    "delete-replaced": "delete",
};

/** Precedence of actions for a resource with several steps: a replacement is also a deletion. */
const ORDER: readonly PlanAction[] = ["replace", "delete", "change", "create", "outputs"];

/** The actions in the order in which they are shown. */
const SHOWN_ORDER: readonly PlanAction[] = ["delete", "replace", "change", "outputs", "create"];

/**
 * What a preview would do, in the order in which it has to be read.
 *
 * @param events - of a run of `pulumi`; those that are about something else are left out, and so are components and Pulumi's own
 * resources, which exist in the state only
 */
export function plan(events: readonly EngineEvent[]): PlanLine[] {
    const lines = new Map<string, PlanLine>();
    for (const event of events) {
        const begun = event.resourcePreEvent?.metadata;
        // When the stack begins, it has no outputs yet.
        const metadata = event.resOutputsEvent?.metadata ?? (begun?.type === STACK ? undefined : begun);
        const line = metadata && lineOf(metadata);
        if (line === undefined) continue;
        const before = lines.get(line.urn);
        lines.set(line.urn, before ? merged(before, line) : line);
    }
    return named([...lines.values()].sort(compared));
}

/** Lines for a terminal. New resources are grouped by kind when there are many; all others have a line of their own. */
export function planText(lines: readonly PlanLine[]): { readonly mark: Mark; readonly text: string }[] {
    const created = lines.filter(({ action }) => action === "create");
    return [
        ...lines
            .filter(({ losesData }) => losesData)
            .map((line) => ({
                mark: "!" as const,
                text: `DATA GOES: ${line.kind} ${line.name} is deleted with all in it`,
            })),
        ...lines.filter(({ action }) => action !== "create").map(lineText),
        ...(created.length > MANY ? groups(created) : created.map(lineText)),
    ];
}

/** Number of resources that stay as they are. What {@link plan} leaves out does not count here either. */
export function unchangedIn(events: readonly EngineEvent[]): number {
    const same = events
        .map((event) => (event.resOutputsEvent ?? event.resourcePreEvent)?.metadata)
        .filter((metadata) => metadata?.op === "same" && !isRecord(metadata))
        .map((metadata) => metadata?.urn);
    return new Set(same).size;
}

function lineText(line: PlanLine): { mark: Mark; text: string } {
    const { action, kind, name, properties, causes } = line;
    const others = properties.filter((property) => !causes.includes(property));
    const replaced =
        causes.length > 0 && others.length > 0 ? `${list(causes)}; also ${list(others)}` : list(properties);
    const why = (text: string): string => (text === "" ? "" : ` (${text})`);
    switch (action) {
        case "delete":
            return { mark: "-", text: `${kind} ${name} deleted` };
        case "replace":
            return { mark: "±", text: `${kind} ${name} replaced${why(replaced)}` };
        case "create":
            return { mark: "+", text: `${kind} ${name}` };
        case "change":
        case "outputs":
            return { mark: "~", text: `${kind} ${name}${why(list(properties))}` };
    }
}

/** `+ 24 × container: a, b, c and 21 more`, the most numerous first. */
function groups(created: readonly PlanLine[]): { mark: Mark; text: string }[] {
    const byKind = new Map<string, string[]>();
    for (const { kind, name } of created) byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
    return [...byKind]
        .map(([kind, names]) => ({ kind, names }))
        .sort((a, b) => b.names.length - a.names.length || a.kind.localeCompare(b.kind))
        .map(({ kind, names }) => {
            const more = names.length - SHOWN;
            const shown = more > 1 ? `${list(names.slice(0, SHOWN))} and ${more} more` : list(names);
            return { mark: "+", text: names.length === 1 ? `${kind} ${shown}` : `${names.length} × ${kind}: ${shown}` };
        });
}

function lineOf(metadata: StepEventMetadata): PlanLine | undefined {
    const { op, urn, type, new: next, old } = metadata;
    if (type === STACK) return outputsLine(metadata);
    const action = ACTIONS[op];
    if (action === undefined || isRecord(metadata)) return undefined;
    const inputs = next?.inputs ?? old?.inputs;
    const isLost = action === "delete" || action === "replace";
    const { properties, causes } = action === "create" || action === "delete" ? NONE : changedBy(metadata);
    return {
        action,
        urn,
        kind: kindOf(type),
        name: nameOf(urn, inputs),
        properties,
        causes,
        losesData: isLost && old?.retainOnDelete !== true && holdsData(type, old?.inputs ?? inputs),
    };
}

const NONE = { properties: [], causes: [] };

/** Whether a resource exists in the state only, as components and Pulumi's own resources do. */
function isRecord({ type, new: next, old }: StepEventMetadata): boolean {
    return type.startsWith("pulumi:") || type.startsWith("strata:") || (next ?? old)?.custom === false;
}

/** The stack's own line, when its outputs change. */
function outputsLine({ op, urn, new: next, old }: StepEventMetadata): PlanLine | undefined {
    const changed = op === "create" ? [] : changedKeys(old?.outputs ?? {}, next?.outputs ?? {});
    if (changed.length === 0) return undefined;
    const stack = { kind: "outputs of", name: "the stack", causes: [], losesData: false };
    return { action: "outputs", urn, properties: changed, ...stack };
}

/** Names of the properties that a step changes, and of those that force a replacement. */
function changedBy({ diffs, keys, detailedDiff }: StepEventMetadata): Pick<PlanLine, "properties" | "causes"> {
    const forcing = Object.entries(detailedDiff ?? {}).filter(([, { diffKind }]) => diffKind.endsWith("-replace"));
    const causes = propertyNames([...(keys ?? []), ...forcing.map(([path]) => path)]);
    return { properties: propertyNames([...causes, ...(diffs ?? []), ...Object.keys(detailedDiff ?? {})]), causes };
}

/** `envs[3]` and `labels["a.b"]` are `envs` and `labels`: what is further inside can be part of a value. */
function propertyNames(paths: readonly string[]): string[] {
    const names = paths.map((path) => /^(?:\["?)?([^.["\]]+)/.exec(path)?.[1] ?? path);
    return [...new Set(names)].filter((name) => !name.startsWith("__"));
}

/** Keys whose values differ, sorted. */
export function changedKeys(
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
): string[] {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((key) => canonical(before[key]) !== canonical(after[key]))
        .sort();
}

function holdsData(type: string, inputs: Readonly<Record<string, unknown>> | undefined): boolean {
    if (isKept(type, inputs)) return true;
    const labels = inputs?.["labels"];
    return (
        type === VOLUME &&
        Array.isArray(labels) &&
        (labels as { label?: string; value?: string }[]).some(
            ({ label, value }) => label === LABEL.data && value === "true",
        )
    );
}

/** Several steps of one resource as one. */
function merged(a: PlanLine, b: PlanLine): PlanLine {
    const [first, second] = ORDER.indexOf(a.action) <= ORDER.indexOf(b.action) ? [a, b] : [b, a];
    const both = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])];
    return {
        ...first,
        properties: both(first.properties, second.properties),
        causes: both(first.causes, second.causes),
        losesData: a.losesData || b.losesData,
    };
}

/** Tells resources of the same kind and name apart by their names in the program. */
function named(lines: readonly PlanLine[]): PlanLine[] {
    const text = ({ kind, name }: PlanLine): string => `${kind} ${name}`;
    const all = lines.map(text);
    return lines.map((line) =>
        all.filter((it) => it === text(line)).length > 1
            ? { ...line, name: `${line.name} (${logicalName(line.urn)})` }
            : line,
    );
}

function compared(a: PlanLine, b: PlanLine): number {
    return (
        Number(b.losesData) - Number(a.losesData) ||
        SHOWN_ORDER.indexOf(a.action) - SHOWN_ORDER.indexOf(b.action) ||
        a.kind.localeCompare(b.kind) ||
        a.name.localeCompare(b.name)
    );
}

function list(names: readonly string[]): string {
    return names.join(", ");
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    );
}
