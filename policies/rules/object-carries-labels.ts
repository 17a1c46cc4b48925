import { containerName, LABEL, labelledInstance, networkName } from "../../model/names";
import { CONTAINER, isOneShot, label, NETWORK, oneShotRole, VOLUME } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Programs that read the engine find strata's objects by their labels, and touch no other objects. */
export const objectCarriesLabels = resourceRule({
    name: "object-carries-labels",
    description: "Containers, networks and volumes say which environment, product, service or zone they belong to.",
    severity: "medium",
    types: [CONTAINER, NETWORK, VOLUME],
    clauses: [
        ...[LABEL.environment, LABEL.product, LABEL.layer].map((key) => required(key, [CONTAINER, NETWORK, VOLUME])),
        required(LABEL.service, [CONTAINER, VOLUME]),
        required(LABEL.zone, [NETWORK]),
        zonesOfServices,
        nameAgrees,
    ],
});

function required(key: string, types: readonly string[]): (subject: Subject) => Iterable<string> {
    return function* ({ type, properties }) {
        if (types.includes(type) && (label(properties, key) ?? "") === "") {
            yield `it has no label ${key}; add it to \`labels\``;
        }
    };
}

function* zonesOfServices({ type, properties }: Subject): Iterable<string> {
    if (type === CONTAINER && !isOneShot(properties) && (label(properties, LABEL.zone) ?? "") === "") {
        yield `it has no label ${LABEL.zone}; add it to \`labels\``;
    }
}

/** Programs find an object by its labels, people by its name: both have to lead to the same object. */
function* nameAgrees({ type, properties }: Subject): Iterable<string> {
    const name = properties.text("name");
    const environment = label(properties, LABEL.environment);
    const service = label(properties, LABEL.service);
    const replica = label(properties, LABEL.replica);
    const instance = labelledInstance({
        [LABEL.service]: service,
        ...(type === CONTAINER && { [LABEL.replica]: replica }),
    });
    const owner = type === NETWORK ? label(properties, LABEL.zone) : instance;
    if (environment === undefined || owner === undefined) {
        return;
    }
    const role = type === CONTAINER ? oneShotRole(properties) : undefined;
    const base = type === NETWORK ? networkName(environment, owner) : containerName(environment, owner);
    const expected = role === undefined ? base : `${base}-${role}`;
    if (type === VOLUME ? !name?.startsWith(`${expected}-`) : name !== expected) {
        yield `its name does not agree with its labels; name it ${expected}${type === VOLUME ? "-<what it holds>" : ""}`;
    }
}
