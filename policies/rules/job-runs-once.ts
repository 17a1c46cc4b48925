import { LABEL, RUNS } from "../../model/names";
import { CONTAINER, label, runsOf } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * A job does its work once. Other rules excuse a container that ends from being started and kept running. In return the engine never
 * starts it by itself: a migration that runs again in the middle of the night meets services of another release.
 */
export const jobRunsOnce = resourceRule({
    name: "job-runs-once",
    description:
        "A container that ends is started by the command of its job only, and is never restarted or published.",
    severity: "high",
    types: [CONTAINER],
    waivable: false,
    clauses: [value, started, restart, ports, health],
});

function* value({ properties }: Subject): Iterable<string> {
    const given = label(properties, LABEL.runs);
    if (given !== undefined && runsOf(properties) === undefined) {
        yield `the label ${LABEL.runs} says something else than ${Object.values(RUNS).join(" or ")}; correct or remove it`;
    }
}

function* started({ properties }: Subject): Iterable<string> {
    if (runsOf(properties) === undefined) {
        return;
    }
    for (const field of ["start", "mustRun"]) {
        if (properties.flag(field) !== false) {
            yield `the provider starts it and expects it to keep running; set \`${field}\` to false`;
        }
    }
}

function* restart({ properties }: Subject): Iterable<string> {
    if (runsOf(properties) !== undefined && properties.text("restart") !== "no") {
        yield 'the engine starts it again and again; set `restart` to "no"';
    }
}

function* ports({ properties }: Subject): Iterable<string> {
    if (runsOf(properties) === undefined) {
        return;
    }
    for (const _ of properties.objects("ports")) {
        yield "it publishes a port and serves nobody; remove `ports`";
    }
}

/** Without an own value the image's check would run, and report a finished job as sick. */
function* health({ properties }: Subject): Iterable<string> {
    if (runsOf(properties) !== RUNS.once) {
        return;
    }
    const tests = [...(properties.object("healthcheck")?.texts("tests") ?? [])];
    if (tests.join(" ") !== "NONE") {
        yield 'its end is its health check; set `healthcheck.tests` to ["NONE"]';
    }
}
