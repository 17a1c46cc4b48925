import { LABEL, OWNER_ROLE, WRITER_ROLE } from "../../model/names";
import { CONTAINER, label, type OneShotRole, oneShotRole } from "../lib/docker";
import { type Clause, resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * One-shots hold configuration and secrets for a moment, and owners run as root. Other rules excuse them from health checks, restarts
 * and a read-only root. In return they cannot be reached, are not kept running, and do only what their role says.
 */
export const oneShotRunsAlone = resourceRule({
    name: "one-shot-runs-alone",
    description: "One-shots have no network and no port, are not kept running, and only do what their role says.",
    severity: "high",
    types: [CONTAINER],
    waivable: false,
    clauses: [mode, attachments, ports, mustRun, restart, named, writersNeverStart, ownersOnlyGiveAway].map(oneShots),
});

type OneShotClause = (subject: Subject, role: OneShotRole) => Iterable<string>;

function oneShots(clause: OneShotClause): Clause {
    return function* (subject) {
        const role = oneShotRole(subject.properties);
        if (role !== undefined) {
            yield* clause(subject, role);
        }
    };
}

function* mode({ properties }: Subject): Iterable<string> {
    if (properties.text("networkMode") !== "none") {
        yield 'a one-shot has a network; set `networkMode` to "none"';
    }
}

function* attachments({ properties }: Subject): Iterable<string> {
    for (const _ of properties.objects("networksAdvanced")) {
        yield "a one-shot has a network; remove `networksAdvanced`";
    }
}

function* ports({ properties }: Subject): Iterable<string> {
    for (const _ of properties.objects("ports")) {
        yield "a one-shot publishes a port; remove `ports`";
    }
}

function* mustRun({ properties }: Subject): Iterable<string> {
    if (properties.flag("mustRun") !== false) {
        yield "a one-shot is expected to keep running; set `mustRun` to false";
    }
}

function* restart({ properties }: Subject): Iterable<string> {
    if (properties.text("restart") !== "no") {
        yield 'a one-shot is started again and again; set `restart` to "no"';
    }
}

function* named({ name, properties }: Subject, role: OneShotRole): Iterable<string> {
    const environment = label(properties, LABEL.environment) ?? "";
    const service = label(properties, LABEL.service) ?? "";
    if (name !== `${environment}-${service}-${role}`) {
        yield `a one-shot is not named after its service; name it <environment>-<service>-${role}`;
    }
}

/** A writer's files are uploaded into the container while it is created and not started. */
function* writersNeverStart({ properties }: Subject, role: OneShotRole): Iterable<string> {
    if (role === WRITER_ROLE && properties.flag("start") !== false) {
        yield "a writer is started; set `start` to false";
    }
}

/** An owner runs as root, so its command is fixed. */
function* ownersOnlyGiveAway({ properties }: Subject, role: OneShotRole): Iterable<string> {
    if (role === OWNER_ROLE && [...properties.texts("entrypoints")].join(" ") !== "chown") {
        yield 'an owner runs something else; set `entrypoints` to ["chown"]';
    }
}
