import { OWNER_ROLE } from "../../model/names";
import { capability, CONTAINER, NETWORK_CAPABILITIES, oneShotRole } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The engine's default set holds NET_RAW among others (CIS Docker 5.4). NET_RAW and NET_ADMIN are `container-forwards-nothing`'s. */
export const containerDropsCapabilities = resourceRule({
    name: "container-drops-capabilities",
    description: "Containers drop all Linux capabilities and add none; the owner one-shots alone may add CAP_CHOWN.",
    severity: "high",
    types: [CONTAINER],
    clauses: [drops, adds],
});

function* drops({ properties }: Subject): Iterable<string> {
    for (const name of properties.object("capabilities")?.texts("drops") ?? []) {
        if (name === "ALL") {
            return;
        }
    }
    yield 'it keeps capabilities; set `capabilities.drops` to ["ALL"]';
}

function* adds({ properties }: Subject): Iterable<string> {
    for (const name of properties.object("capabilities")?.texts("adds") ?? []) {
        const needed = capability(name) === "CAP_CHOWN" && oneShotRole(properties) === OWNER_ROLE;
        if (!needed && !NETWORK_CAPABILITIES.includes(capability(name))) {
            yield `it adds ${capability(name)}; remove that from \`capabilities.adds\``;
        }
    }
}
