import { LABEL } from "../../model/names";
import { CONTAINER } from "../lib/docker";
import type { Properties } from "../lib/properties";
import { resourceRule } from "../lib/rule";
import { carriesLogin, namesSecret } from "../../model/secret-names";
import type { Subject } from "../lib/subject";

/** Labels that the model makes from names and hashes. A first preview does not know the hash of a container's files. */
const OWN_LABELS: readonly string[] = Object.values(LABEL);

/** Anyone who may run `docker inspect` reads environment, arguments and labels, and child processes inherit them (requirement E6). */
export const containerHidesSecrets = resourceRule({
    name: "container-hides-secrets",
    description: "No secret is in a container's environment, arguments or labels: services read secrets from files.",
    severity: "critical",
    types: [CONTAINER],
    clauses: [environment, labels, argumentsIn("command"), argumentsIn("entrypoints"), healthCheck],
});

function* environment({ properties }: Subject): Iterable<string> {
    for (const entry of properties.texts("envs")) {
        const [name = "", ...rest] = entry.split("=");
        const value = rest.join("=");
        if (value !== "" && (namesSecret(name) || carriesLogin(value))) {
            yield `the variable ${name} holds a secret; give it as a file and set ${name}_FILE to its path`;
        }
    }
}

function* labels({ properties }: Subject): Iterable<string> {
    for (const entry of properties.objects("labels")) {
        const name = entry.text("label") ?? "";
        if (OWN_LABELS.includes(name)) {
            continue;
        }
        const value = entry.text("value") ?? "";
        if (value !== "" && (namesSecret(name) || carriesLogin(value))) {
            yield `the label ${name} holds a secret; remove it`;
        }
    }
}

function argumentsIn(field: "command" | "entrypoints"): (subject: Subject) => Iterable<string> {
    return ({ properties }) => secretArguments(properties, field);
}

function* healthCheck({ properties }: Subject): Iterable<string> {
    const check = properties.object("healthcheck");
    if (check !== undefined) {
        yield* secretArguments(check, "tests", "healthcheck.tests");
    }
}

/** Finds secrets in `--password=x`, and in `--password` followed by `x`. */
function* secretArguments(properties: Properties, field: string, shown = field): Iterable<string> {
    let awaitsSecret = false;
    for (const argument of properties.texts(field)) {
        const [option = "", ...rest] = argument.split("=");
        const isOption = /^-{0,2}[\w.-]+$/.test(option);
        const assigns = isOption && rest.join("=") !== "";
        const follows = awaitsSecret && !argument.startsWith("-");
        if (follows || carriesLogin(argument) || (assigns && namesSecret(option))) {
            yield `an argument in \`${shown}\` holds a secret; let the program read it from a file`;
        }
        awaitsSecret = argument.startsWith("-") && !assigns && namesSecret(option);
    }
}
