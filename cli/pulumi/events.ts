/**
 * Turns the engine's events into what a person wants to know: what is being done and for how long, what was done, what
 * failed and why. Pure, except for the clock that is passed in.
 */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { COMMAND, CONTAINER, NETWORK, VOLUME } from "../../model/resource-types";
import type { Mark } from "../output/progress";
import { duration } from "../output/text";
import { type Clash, clashes } from "./clashes";
import { changesOf, type Counts } from "./counts";
import { labelOf, logicalName } from "./labels";
import { changedKeys, plan, type PlanLine, unchangedIn } from "./plan";

/** A finished line. */
export interface EventLine {
    readonly mark: Mark;
    readonly text: string;
    /** Milliseconds. */
    readonly elapsed?: number;
}

/** A resource that could not be made as declared. */
export interface FailedResource {
    readonly urn: string;
    /** `container local-vault`. */
    readonly label: string;
    /** Physical name when it is a container. */
    readonly container: string | undefined;
}

interface Active {
    readonly label: string;
    readonly doing: string;
    readonly since: number;
}

const HEALTH = "waiting for health of";
/** Types whose creation takes long enough to be worth a line. Other types get a line only when an existing resource changes. */
const SLOW: readonly string[] = [CONTAINER, NETWORK, VOLUME, COMMAND];

/** Words for the operations that a person sees, in the present and in the past. */
const WORDS: Readonly<Record<string, { doing: string; done: string }>> = {
    create: { doing: "creating", done: "created" },
    "create-replacement": { doing: "replacing", done: "replaced" },
    update: { doing: "changing", done: "changed" },
    delete: { doing: "removing", done: "removed" },
    "delete-replaced": { doing: "removing the old", done: "" },
    refresh: { doing: "looking at", done: "" },
};

/** Operations that the engine counts as a change. */
const CHANGING: readonly string[] = ["create", "import", "update", "replace", "delete"];

/** What the SDK of the policies says about a rule that reads a value which only the update makes. */
const NOT_KNOWN_YET = /^can't run .* during preview: /;

/** The root of every stack; its outputs are the stack's. */
const STACK = "pulumi:pulumi:Stack";

/** What a run is for: to change things, to remove all, to show what would change, or to check whether an update may and must run. */
export type Purpose = "update" | "removal" | "preview" | "check";

/** Follows one run of `pulumi`. */
export class UpdateView {
    readonly failed: FailedResource[] = [];
    /** Error texts, by resource where there is one, each once. */
    readonly errors: string[] = [];
    /** A mandatory policy refused. */
    policyViolated = false;
    /** Whether the engine reached its end. */
    finished = false;
    /** Whether the stack's outputs change, which no count shows. */
    outputsChanged = false;
    /** Whether the state has resources under names of an earlier release. An update replaces the names, which no count shows. */
    namesChanged = false;
    /** Policies that could not look at a value, because only the update makes it. */
    readonly unchecked = new Set<string>();
    /** The user asked to stop: steps that end from now on were cut off by that. */
    isStopping = false;
    /** Number of the engine's changes, those of components and Pulumi's own resources among them. */
    private changes = 0;
    private readonly steps: EngineEvent[] = [];
    private readonly active = new Map<string, Active>();

    /**
     * @param said - warnings of an earlier run for the same purpose, which are not repeated
     * @param now - milliseconds
     */
    constructor(
        private readonly purpose: Purpose,
        readonly said: Set<string> = new Set(),
        private readonly now: () => number = Date.now,
    ) {}

    private get isDoing(): boolean {
        return this.purpose === "update" || this.purpose === "removal";
    }

    /** Whether the run changed anything, or would. */
    get hasChanges(): boolean {
        return this.changes > 0 || this.outputsChanged;
    }

    /** What the run did, or would do, in numbers. */
    get counts(): Counts {
        return { ...changesOf(this.plan), unchanged: unchangedIn(this.steps) };
    }

    /** What the run did, or would do. */
    get plan(): PlanLine[] {
        return plan(this.steps);
    }

    /** Places that the update would give to two resources. Only for a run that changes nothing. */
    get clashes(): Clash[] {
        return clashes(this.steps);
    }

    /** Takes one event in and returns the lines to print for it. */
    apply(event: EngineEvent): EventLine[] {
        const step = (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata;
        if (step) this.steps.push(event);
        if (step?.old?.urn && step.old.urn !== step.urn) this.namesChanged = true;
        if (event.resourcePreEvent) return this.started(event.resourcePreEvent.metadata);
        if (event.resOutputsEvent) return this.ended(event.resOutputsEvent.metadata);
        if (event.resOpFailedEvent) return this.failedAt(event.resOpFailedEvent.metadata);
        if (event.policyEvent) {
            const { enforcementLevel, policyName, message, resourceUrn } = event.policyEvent;
            const mandatory = enforcementLevel === "mandatory";
            if (!mandatory && NOT_KNOWN_YET.test(plain(message))) {
                this.unchecked.add(policyName);
                return [];
            }
            this.policyViolated ||= mandatory;
            const about = resourceUrn ? ` (${logicalName(resourceUrn)})` : "";
            return this.once(mandatory ? "✗" : "!", `policy ${policyName}${about}: ${plain(message)}`);
        }
        if (event.diagnosticEvent) {
            const { severity, message, urn, ephemeral } = event.diagnosticEvent;
            const text = plain(message);
            if (ephemeral || text === "") return [];
            if (severity === "warning") return this.once("!", text);
            if (severity === "error" || severity === "info#err") essence(text).forEach((line) => this.note(urn, line));
            return [];
        }
        if (event.summaryEvent) this.summarize(event.summaryEvent.resourceChanges);
        return [];
    }

    /** What is being waited for, longest first; `undefined` when nothing is. */
    waiting(): string | undefined {
        const longest = [...this.active.values()].sort((a, b) => a.since - b.since);
        if (longest.length === 0) return undefined;
        const shown = longest
            .slice(0, 3)
            .map(({ doing, label, since }) => `${doing} ${label} ${duration(this.now() - since)}`);
        const more = longest.length > 3 ? ` and ${longest.length - 3} more` : "";
        return `${shown.join(", ")}${more}`;
    }

    /** Names of containers whose health has been waited for at least so many milliseconds. */
    waitingContainers(atLeast: number): string[] {
        return [...this.active.values()]
            .filter(({ doing, since }) => doing === HEALTH && this.now() - since >= atLeast)
            .map(({ label }) => label.replace(/^container /, ""));
    }

    private once(mark: Mark, text: string): EventLine[] {
        const line = `${mark} ${text}`;
        if (this.said.has(line)) return [];
        this.said.add(line);
        return [{ mark, text }];
    }

    private started({ op, urn, type, new: next, old }: StepEventMetadata): EventLine[] {
        const words = WORDS[op];
        if (!words || !this.isDoing || !SLOW.includes(type)) return [];
        const waits = type === CONTAINER && next?.inputs?.["wait"] === true && op.startsWith("create");
        const label = labelOf(urn, type, next?.inputs ?? old?.inputs);
        this.active.set(key(op, urn), {
            label,
            doing: waits ? HEALTH : words.doing,
            since: this.now(),
        });
        return [];
    }

    private ended({ op, urn, type, new: next, old }: StepEventMetadata): EventLine[] {
        const active = this.active.get(key(op, urn));
        this.active.delete(key(op, urn));
        if (type === STACK) this.outputsChanged ||= changedKeys(old?.outputs ?? {}, next?.outputs ?? {}).length > 0;
        const words = WORDS[op];
        if (!words?.done || !this.isDoing) return [];
        const isUsual = op === "create" || this.purpose === "removal";
        if (/^(pulumi|strata):/.test(type) || (isUsual && !SLOW.includes(type))) return [];
        const label = labelOf(urn, type, next?.inputs ?? old?.inputs);
        const healthy = active?.doing === HEALTH ? ", healthy" : "";
        return [
            {
                mark: "✓",
                text: `${label} ${words.done}${healthy}`,
                ...(active ? { elapsed: this.now() - active.since } : {}),
            },
        ];
    }

    private failedAt({ op, urn, type, new: next, old }: StepEventMetadata): EventLine[] {
        const active = this.active.get(key(op, urn));
        this.active.delete(key(op, urn));
        const inputs = next?.inputs ?? old?.inputs;
        const label = labelOf(urn, type, inputs);
        const name: unknown = inputs?.["name"];
        this.failed.push({ urn, label, container: type === CONTAINER && typeof name === "string" ? name : undefined });
        const elapsed = active ? { elapsed: this.now() - active.since } : {};
        return this.isStopping
            ? [{ mark: "!", text: `${label} stopped`, ...elapsed }]
            : [{ mark: "✗", text: `${label}: ${op} failed`, ...elapsed }];
    }

    private note(urn: string | undefined, text: string): void {
        const about = urn && !urn.includes("::pulumi:pulumi:Stack::") ? `${logicalName(urn)}: ` : "";
        if (/^update failed$|^preview failed$|^update canceled$/.test(text)) return;
        if (!this.errors.includes(about + text)) this.errors.push(about + text);
    }

    private summarize(changes: Partial<Record<string, number>>): void {
        this.finished = true;
        this.changes = CHANGING.reduce((count, op) => count + (changes[op] ?? 0), 0);
    }
}

function key(op: string, urn: string): string {
    return `${op} ${urn}`;
}

/**
 * The text of a provider's error, without its place in the provider's code and without the engine's wrapping. The wrapping
 * shows in the first line; further lines may quote a program that wraps its errors in the same way.
 */
function essence(text: string): string[] {
    const unwrapped = /^.*errors? occurred:/.test(text)
        ? [...text.matchAll(/^\s*\* (.+)$/gm)]
              .map(([, line = ""]) => line)
              .filter((line) => !line.endsWith("occurred:"))
        : [text];
    return unwrapped.map((line) => line.replace(/^sdk-v2\/\S+ sdk\.helper_schema: (.*?)(: provider=\S+)?$/s, "$1"));
}

/** A message without the engine's colour directives. */
function plain(message: string): string {
    return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}
