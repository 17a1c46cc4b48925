/** One thing that is wrong with what a person wrote: configuration or product data. */
export interface Problem {
    /** What the problem is about: a configuration key, or `<product>/<service> <field>`. */
    readonly key: string;
    /** The value as written. Missing when there is no value, or when the value is a secret. */
    readonly value?: string;
    /** What would have been right. */
    readonly accepted: string;
    /** What to do now. */
    readonly next: string;
}

/**
 * Thrown once, with every problem that was found, before any resource is registered.
 *
 * `index.ts` lets it end the program: Pulumi prints the message, which is written for the person at the keyboard.
 */
export class ConfigurationError extends Error {
    /** In the order of discovery; never empty. */
    public readonly problems: readonly Problem[];

    /**
     * @param subject - what was read, for example `stack "staging"`
     */
    constructor(subject: string, problems: readonly Problem[]) {
        super(describe(subject, problems));
        this.name = "ConfigurationError";
        this.problems = problems;
        // Pulumi prints all enumerable properties of an error; the message lists the problems already.
        Object.defineProperty(this, "problems", { enumerable: false });
    }
}

function describe(subject: string, problems: readonly Problem[]): string {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map((problem, index) => {
        const value = problem.value === undefined ? "" : ` is ${problem.value}`;
        return `  ${index + 1}. ${problem.key}${value}\n     accepted: ${problem.accepted}\n     next: ${problem.next}`;
    });
    return [`${count} in ${subject}:`, ...lines].join("\n");
}
