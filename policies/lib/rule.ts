/** Makes policies of the SDK out of clauses over plain data. */

import type { PolicyConfigSchema, ResourceValidationPolicy, Severity, StackValidationPolicy } from "@pulumi/policy";

import { parsedStack } from "./parsed-stack";
import { notRunDuringPreview, UnknownProperty, WrongType } from "./properties";
import { Stack } from "./stack";
import { type Finding, type Subject, toSubject } from "./subject";
import { applyWaivers, judgeWaivers, type Waiver, WAIVERS_SCHEMA } from "./waivers";

/** Policy configuration of one rule. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * One way to break a rule. Yields what is wrong and the exact change to make, in a sentence that goes on after
 * `<name> breaks <rule>:`. Never quotes a value that could be secret.
 */
export type Clause = (subject: Subject, settings: Settings) => Iterable<string>;

interface Evaluation {
    readonly violations: readonly string[];
    /** Values that could not be checked, because the preview does not know them. */
    readonly unknowns: readonly UnknownProperty[];
}

interface RuleDefinition {
    /** `<noun>-<verb>-<what>`. */
    readonly name: string;
    readonly description: string;
    readonly severity: Severity;
}

/** Definition of a rule over one resource. */
export interface ResourceRuleDefinition extends RuleDefinition {
    /** Type tokens it looks at; `docker:index/*` stands for all of a module. */
    readonly types: readonly string[];
    readonly clauses: readonly Clause[];
    /** Whether a waiver may suspend it for a resource. @default true */
    readonly waivable?: boolean;
    /** Settings besides `waivers`. @default none */
    readonly settings?: PolicyConfigSchema["properties"];
}

/** Definition of a rule over the whole stack. */
export interface StackRuleDefinition extends RuleDefinition {
    /** Yields name and problem of each resource that breaks the rule. */
    readonly check: (stack: Stack) => Iterable<Finding>;
}

/**
 * A rule that is checked for each resource before the engine acts on it. Waivers come with the policy's configuration;
 * at the end of the run the same policy reports those that have expired or that nothing needed.
 */
export function resourceRule(definition: ResourceRuleDefinition): ResourceValidationPolicy {
    const { name: rule, types, clauses, waivable = true, settings: schema = {}, ...metadata } = definition;
    const applies = (type: string): boolean =>
        types.some((token) => token === type || (token.endsWith("*") && type.startsWith(token.slice(0, -1))));

    // Whether each resource needed a waiver, by physical name. Inputs are judged one by one, but only the end of the run can
    // tell that a waiver was not needed. By then only outputs are left, in which for example a tag has become an id.
    const needed = new Map<string, boolean>();
    const policy: ResourceValidationPolicy & Partial<StackValidationPolicy> = {
        ...metadata,
        name: rule,
        enforcementLevel: "mandatory",
        configSchema: { properties: { ...schema, ...(waivable && WAIVERS_SCHEMA) } },
        validateResource: (args, report) => {
            if (!applies(args.type)) {
                return;
            }
            const subject = toSubject(args);
            const settings = args.getConfig<Settings>();
            const { violations, unknowns } = evaluate(rule, clauses, subject, settings);
            needed.set(subject.name, violations.length + unknowns.length > 0);
            const waivers = waivable ? waiversOf(settings) : [];
            applyWaivers(violations, waivers, subject.name, today()).forEach((violation) => report(violation));
            if (unknowns.length > 0) {
                throw notRunDuringPreview(unknowns.map((unknown) => ({ subject: subject.name, unknown })));
            }
        },
    };
    if (waivable) {
        policy.validateStack = (args, report) => {
            const waivers = waiversOf(args.getConfig<Settings>());
            judgeWaivers(rule, waivers, needed, today()).forEach((violation) => report(violation));
        };
    }
    return policy;
}

/** A rule over the whole stack, checked at the end of a preview and of an update. It cannot be waived. */
export function stackRule({ check, ...metadata }: StackRuleDefinition): StackValidationPolicy {
    return {
        ...metadata,
        enforcementLevel: "mandatory",
        validateStack: (args, report) => {
            const stack = new Stack(parsedStack(args.resources.map(toSubject)));
            for (const { name, urn, problem } of [...check(stack), ...stack.faults]) {
                report(sentence(name, metadata.name, problem), urn);
            }
            if (stack.gaps.length > 0) {
                throw notRunDuringPreview(stack.gaps);
            }
        },
    };
}

function evaluate(rule: string, clauses: readonly Clause[], subject: Subject, settings: Settings): Evaluation {
    const violations = new Set<string>();
    const unknowns: UnknownProperty[] = [];
    for (const clause of clauses) {
        try {
            for (const problem of clause(subject, settings)) {
                violations.add(sentence(subject.name, rule, problem));
            }
        } catch (error) {
            if (error instanceof UnknownProperty) {
                unknowns.push(error);
            } else if (error instanceof WrongType) {
                violations.add(sentence(subject.name, rule, error.message));
            } else {
                throw error;
            }
        }
    }
    return { violations: [...violations], unknowns };
}

function sentence(name: string, rule: string, problem: string): string {
    return `${name} breaks ${rule}: ${problem}`;
}

function waiversOf(settings: Settings): readonly Waiver[] {
    return (settings["waivers"] as readonly Waiver[] | undefined) ?? [];
}

/** The calendar day in UTC, which is what expiry dates mean. */
function today(): string {
    return new Date().toISOString().slice(0, 10);
}
