/** A program as text for review: sorted, and without secrets and values that differ between runs. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";

import type { Platform } from "../../model/platform";
import { type Program, type Registered, redact } from "./program";

/** A resource in a golden file. */
export interface GoldenResource {
    /** `<type> <logical name>`. */
    readonly resource: string;
    /** `<type> <logical name>` of the parent. @default - the stack */
    readonly parent?: string;
    /** `<type> <logical name>` of every resource it waits for: by `dependsOn`, or because it uses a value. @default none */
    readonly after?: readonly string[];
    /** Options that differ from those of most resources. */
    readonly options?: Readonly<Record<string, unknown>>;
    readonly inputs: unknown;
}

/** The resources of a program, sorted by type and name. */
export function goldenOf({ resources }: Program): GoldenResource[] {
    return resources.map(describe).sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function describe({ type, name, parent, inputs, outputs, options }: Registered): GoldenResource {
    const after = [...new Set(options.dependsOn.map(short))].sort();
    // The command provider's SDK adds its own, and these differ between its versions.
    const replaceOnChanges = type.startsWith("command:") ? [] : options.replaceOnChanges;
    const notable = {
        ...(options.protect && { protect: true }),
        ...(options.deleteBeforeReplace && { deleteBeforeReplace: true }),
        ...(replaceOnChanges.length > 0 && { replaceOnChanges }),
        ...(options.ignoreChanges.length > 0 && { ignoreChanges: options.ignoreChanges }),
        ...(options.afterUpdate.length > 0 && { afterUpdate: options.afterUpdate }),
        ...(options.aliases.length > 0 && { aliases: options.aliases.map((urn) => earlier(urn, type)) }),
    };
    const isTop = parent === undefined || parent.includes("pulumi:pulumi:Stack::");
    return {
        resource: `${type} ${name}`,
        ...(!isTop && { parent: short(parent) }),
        ...(after.length > 0 && { after }),
        ...(Object.keys(notable).length > 0 && { options: notable }),
        inputs: type === "strata:network:FlowPlan" ? outline(outputs as unknown as Platform) : readable(redact(inputs)),
    };
}

/** Zones, services and flows of the plan. The rest of the plan is in the containers' own inputs. */
function outline({ zones, services, flows }: Platform): object {
    return {
        zones: zones.map(
            ({ name, product, tier, subnet, internal, peers }) =>
                `${name}: ${tier} of ${product}, ${subnet}${internal ? "" : ", open"}${peers ? ", peers" : ""}`,
        ),
        services: services.map(
            ({ name, product, kind, zones: joined }) => `${name}: ${kind} of ${product} in ${joined.join(", ")}`,
        ),
        flows: flows.map(({ from, to, port, zone }) => `${from} -> ${to}:${port} through ${zone}`),
    };
}

/** An earlier name of a resource, with its earlier type if that was different. */
function earlier(urn: string, type: string): string {
    const [was = "", name = ""] = short(urn).split(" ");
    return was === type ? name : `${was} ${name}`;
}

/** `<type> <name>` of a URN. */
function short(urn: string): string {
    const [, , types = "", name = ""] = urn.split("::");
    return `${types.split("$").pop()} ${name}`;
}

/** Sorts keys, and splits files into lines or parses them as JSON, so that a difference is a line and not a page. */
function readable(value: unknown): unknown {
    if (typeof value === "string" && value.includes("\n")) {
        try {
            return { json: readable(JSON.parse(value)) };
        } catch {
            return value.split("\n");
        }
    }
    if (Array.isArray(value)) {
        return value.length > 0 && value.every(isLabel)
            ? Object.fromEntries(value.map(({ label, value: text }) => [label, text]).sort())
            : value.map(readable);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, readable(inner)]),
    );
}

function isLabel(value: unknown): value is { label: string; value: unknown } {
    return typeof value === "object" && value !== null && Object.keys(value).sort().join() === "label,value";
}

/**
 * Compares a value with a reviewed file. Only `npm run golden:update` writes the file.
 *
 * @param file - the reviewed file, as {@link format} writes it
 */
export function expectReviewed(file: string, actual: unknown): void {
    if (process.env["STRATA_UPDATE_GOLDEN"] === "1") {
        writeFileSync(file, `${format(actual)}\n`);
    }
    const reviewed: unknown = existsSync(file)
        ? JSON.parse(readFileSync(file, "utf8"))
        : `${file} is missing: run npm run golden:update`;
    expect(actual).toEqual(reviewed);
}

/** Longest line that holds a whole list or object. */
const WIDTH = 140;

/** JSON in which every value that fits on a line is on one line. */
function format(value: unknown, indent = ""): string {
    const line = JSON.stringify(value);
    if (typeof value !== "object" || value === null || indent.length + line.length <= WIDTH) {
        return line;
    }
    const inner = `${indent}  `;
    const [open, close, items] = Array.isArray(value)
        ? ["[", "]", value.map((item) => format(item, inner))]
        : ["{", "}", Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${format(item, inner)}`)];
    return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}
