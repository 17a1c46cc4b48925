import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The engine's default never rotates, and a full disk takes every product down (requirement A4). */
export const containerRotatesLogs = resourceRule({
    name: "container-rotates-logs",
    description: "Logs of containers are rotated.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [driver, options],
});

function* driver({ properties }: Subject): Iterable<string> {
    if (!["json-file", "local"].includes(properties.text("logDriver") ?? "")) {
        yield "its log driver is not one that rotates; set `logDriver` to json-file";
    }
}

function* options({ properties }: Subject): Iterable<string> {
    const given = properties.object("logOpts");
    for (const option of ["max-size", "max-file"]) {
        if ((given?.text(option) ?? "") === "") {
            yield `its logs grow without end; set \`logOpts.${option}\``;
        }
    }
}
