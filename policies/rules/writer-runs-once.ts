import { CONTAINER, isWriter } from "../lib/docker";
import { LABEL } from "../../model/names";
import { label } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * Writers hold configuration and secrets for a moment and are excused from health checks, restarts and a read-only root. In
 * return they have nothing to be reached by and are not kept running.
 */
export const writerRunsOnce = resourceRule({
    name: "writer-runs-once",
    description:
        "One-shot writers have no network and no port, are not kept running, and are named after their service.",
    severity: "high",
    types: [CONTAINER],
    waivable: false,
    clauses: [
        writers(function* ({ properties }) {
            if (properties.text("networkMode") !== "none") {
                yield 'a writer has a network; set `networkMode` to "none"';
            }
        }),
        writers(function* ({ properties }) {
            for (const _ of properties.objects("networksAdvanced")) {
                yield "a writer has a network; remove `networksAdvanced`";
            }
        }),
        writers(function* ({ properties }) {
            for (const _ of properties.objects("ports")) {
                yield "a writer publishes a port; remove `ports`";
            }
        }),
        writers(function* ({ properties }) {
            if (properties.flag("mustRun") !== false) {
                yield "a writer is expected to keep running; set `mustRun` to false";
            }
        }),
        writers(function* ({ properties }) {
            if (properties.text("restart") !== "no") {
                yield 'a writer is started again and again; set `restart` to "no"';
            }
        }),
        writers(function* ({ name, properties }) {
            const service = label(properties, LABEL.service);
            const environment = label(properties, LABEL.environment);
            if (service === undefined || environment === undefined || name !== `${environment}-${service}-writer`) {
                yield "a writer is not named after its service; name it <environment>-<service>-writer";
            }
        }),
    ],
});

function writers(clause: (subject: Subject) => Iterable<string>): (subject: Subject) => Iterable<string> {
    return (subject) => (isWriter(subject.properties) ? clause(subject) : []);
}
