import type { Configuration, PolicyInput } from "../../support/policy";

/** What a rule is asked: about one resource, or about a whole stack. */
export type Given = PolicyInput | readonly PolicyInput[];

/** What is tested of every rule. Messages are without their beginning, `<name> breaks <rule>: `. */
export interface RuleCases {
    /** Name the messages begin with, where it is not said with the message. */
    readonly subject: string;
    /** @default - what the pack's own configuration says */
    readonly settings?: Configuration;
    readonly compliant: Readonly<Record<string, Given>>;
    /** Each way to break the rule, with everything that is said. `[name, message]` for another subject. */
    readonly violating: Readonly<Record<string, readonly [Given, ...(string | readonly [string, string])[]]>>;
    /** Values that a preview does not know: what is said to be unknown, and the violations that are found all the same. */
    readonly unknown: Readonly<Record<string, readonly [Given, string, ...string[]]>>;
    /** Values of a wrong type. Rules over the stack leave what they cannot read to `stack-declares-flows`. */
    readonly wrongType: Readonly<Record<string, readonly [Given, ...string[]]>>;
}
