/** Questions to the person at the terminal. */

import { createInterface } from "node:readline";

import { ExitCode, Failure, rejected } from "../failure";

/** Where a person reads and types. */
export interface Terminal {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
}

/** A person's terminal, or `undefined` where nobody can be asked: in a pipeline, a cron job, or behind `--json`. */
export function terminalOf(
    options: { readonly json?: boolean },
    { stdin, stdout, stderr }: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr"> = process,
): Terminal | undefined {
    // When the output goes to a file, the person still sees the question.
    const output = [stdout, stderr].find(({ isTTY }) => isTTY);
    return !options.json && stdin.isTTY && output ? { input: stdin, output } : undefined;
}

/**
 * Asks for one line.
 *
 * @returns what was typed, without spaces around it; `undefined` when the input ended instead
 * @throws Failure for Ctrl-C
 */
export async function ask(question: string, { input, output }: Terminal): Promise<string | undefined> {
    const reader = createInterface({ input, output, terminal: (output as { isTTY?: boolean }).isTTY === true });
    try {
        return await new Promise<string | undefined>((resolve, reject) => {
            // Without a listener, Ctrl-C closes the reader, and the program ends with 0 as if it had been answered.
            reader.on("SIGINT", () => {
                output.write("\n");
                reject(
                    new Failure("stopped at the question; nothing was touched", "run it again", ExitCode.interrupted),
                );
            });
            reader.on("close", () => resolve(undefined));
            reader.question(question, (typed) => resolve(typed.trim()));
        });
    } finally {
        reader.close();
    }
}

/** Something that is deleted for good once its name was typed. */
export interface Farewell {
    readonly name: string;
    /** Beginning of the refusal where nobody can be asked: `this deletes ...`. */
    readonly what: string;
    readonly question: string;
    /** How to confirm. */
    readonly next: string;
}

/** Asks for the name, unless an option gave it. @param given - value of the option @throws Failure unless it is the name */
export async function confirmByName(
    { name, what, question, next }: Farewell,
    given: string | undefined,
    terminal: Terminal | undefined,
): Promise<void> {
    if (given === undefined && terminal === undefined) throw new Failure(`${what} and was not confirmed`, next);
    const typed = given ?? (terminal && (await ask(question, terminal))) ?? "";
    if (typed !== name) throw rejected(given === undefined ? "confirmation" : "--confirm", typed, [name], next);
}
