import { resourceRule } from "../lib/rule";
import { namesSecret } from "../../model/secret-names";
import type { Subject } from "../lib/subject";

/**
 * Commands get passwords on standard input, and a failing program may quote its input. The provider copies a command's output to the
 * deployment's log unless `logging` is "none". A policy cannot tell a secret from another value, so every input counts.
 */
export const commandSilencesInput = resourceRule({
    name: "command-silences-input",
    description: "Commands that receive input do not log their output.",
    severity: "high",
    types: ["command:local:Command", "command:remote:Command"],
    clauses: [standardInput, environment],
});

function* standardInput({ properties }: Subject): Iterable<string> {
    if (properties.has("stdin") && properties.text("logging") !== "none") {
        yield 'it reads `stdin` and logs what it prints; set `logging` to "none"';
    }
}

function* environment({ properties }: Subject): Iterable<string> {
    for (const name of properties.object("environment")?.keys() ?? []) {
        if (namesSecret(name) && properties.text("logging") !== "none") {
            yield `it gets ${name} and logs what it prints; set \`logging\` to "none"`;
        }
    }
}
