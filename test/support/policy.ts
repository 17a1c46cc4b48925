/**
 * Runs policies as the SDK's server does: properties behind its proxy, which throws for unknown values; violations over a callback; an
 * unknown value as advice. It does not test the connection from the engine to the server.
 */

import * as sdk from "@pulumi/policy";

import configuration from "../../policies/configuration.json";
import { policies } from "../../policies/rules";
import { type Program, type Registered, reveal } from "./program";

/** A resource as the engine shows it to policies. */
export interface PolicyInput {
    readonly type: string;
    /** Logical name. */
    readonly name: string;
    readonly props: Readonly<Record<string, unknown>>;
    /** @default false */
    readonly protect?: boolean;
    /** @default - made from type and name */
    readonly urn?: string;
}

/** Result of a policy. */
export interface Verdict {
    /** Messages, each of which fails the preview or update. */
    readonly violations: readonly string[];
    /** Values that the policy could not check during a preview. @default - none */
    readonly unknown?: string;
}

export type Configuration = Readonly<Record<string, unknown>>;

const proxy = sdk.unknownCheckingProxy as (props: object) => Record<string, unknown>;
const UnknownValueError = sdk.UnknownValueError as new () => Error;

/** A policy by name. @throws if the pack has none, so that a renamed rule does not leave its tests behind */
export function policy(name: string): sdk.ResourceValidationPolicy | sdk.StackValidationPolicy {
    const found = policies.find((candidate) => candidate.name === name);
    if (found === undefined) {
        throw new Error(`the pack has no rule ${name}`);
    }
    return found;
}

/** Whether a rule looks at resources one by one. */
export function isResourceRule(rule: object): rule is sdk.ResourceValidationPolicy {
    return "validateResource" in rule;
}

/** Runs a rule on one resource, as before the engine acts on it. */
export async function judgeResource(
    rule: string,
    input: PolicyInput,
    settings: Configuration = committed(rule),
): Promise<Verdict> {
    const { validateResource } = policy(rule) as sdk.ResourceValidationPolicy;
    if (typeof validateResource !== "function") {
        throw new Error(`${rule} is no rule over one resource`);
    }
    return collect((report) => validateResource(argsOf(input, settings) as sdk.ResourceValidationArgs, report));
}

/** Runs a rule on the whole stack, as at the end of a run. */
export async function judgeStack(
    rule: string,
    inputs: readonly PolicyInput[],
    settings: Configuration = committed(rule),
): Promise<Verdict> {
    const { validateStack } = policy(rule) as sdk.StackValidationPolicy;
    if (typeof validateStack !== "function") {
        throw new Error(`${rule} is no rule over the stack`);
    }
    const args = {
        resources: inputs.map((input) => ({
            ...argsOf(input, settings),
            dependencies: [],
            propertyDependencies: {},
        })),
        stackTags: new Map(),
        getConfig: () => settings,
        notApplicable: refuse,
    };
    return collect((report) => validateStack(args as unknown as sdk.StackValidationArgs, report));
}

/**
 * Runs every rule of the pack on a program, as a run of the engine does: on each resource's inputs, then on all outputs.
 *
 * @param judged - a program whose resources are skipped by resource rules, because they were judged before
 * @returns messages by rule, for the rules that have any
 */
export async function judgeProgram(
    { resources }: Program,
    judged?: Program,
): Promise<Readonly<Record<string, readonly string[]>>> {
    const said: Record<string, string[]> = {};
    const note = (rule: string, { violations, unknown }: Verdict): void => {
        const messages = [...violations, ...(unknown === undefined ? [] : [unknown])];
        if (messages.length > 0) {
            said[rule] = [...(said[rule] ?? []), ...messages];
        }
    };
    const inputs = resources
        .filter((resource) => !judged?.resources.includes(resource))
        .map((resource) => seen(resource, resource.inputs));
    const outputs = resources.map((resource) => seen(resource, resource.outputs));
    for (const { name } of policies.filter(isResourceRule)) {
        for (const input of inputs) {
            note(name, await judgeResource(name, input));
        }
    }
    for (const { name } of policies.filter((rule) => "validateStack" in rule)) {
        note(name, await judgeStack(name, outputs));
    }
    return said;
}

/** Policies see secrets in clear text. */
function seen({ type, name, urn, options }: Registered, properties: Readonly<Record<string, unknown>>): PolicyInput {
    return { type, name, urn, protect: options.protect, props: reveal(properties) as Record<string, unknown> };
}

/** A rule's settings in the pack's own configuration. */
function committed(rule: string): Configuration {
    return (configuration as Record<string, Configuration>)[rule] ?? {};
}

function argsOf({ type, name, props, protect = false, urn }: PolicyInput, settings: Configuration): object {
    return {
        type,
        name,
        props: proxy(props),
        urn: urn ?? `urn:pulumi:test::strata::${type}::${name}`,
        opts: { protect, ignoreChanges: [], aliases: [], customTimeouts: {}, additionalSecretOutputs: [] },
        stackTags: new Map(),
        isType: refuse,
        asType: refuse,
        getConfig: () => settings,
        notApplicable: refuse,
    };
}

async function collect(validate: (report: sdk.ReportViolation) => void | Promise<void>): Promise<Verdict> {
    const violations: string[] = [];
    try {
        await validate((message) => violations.push(message));
    } catch (error) {
        if (error instanceof UnknownValueError) {
            return { violations, unknown: error.message };
        }
        throw error;
    }
    return { violations };
}

function refuse(): never {
    throw new Error("no rule of this pack needs this");
}
