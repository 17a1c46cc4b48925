import { OWNER_ROLE } from "../../model/names";
import { capability, CONTAINER, NETWORK_CAPABILITIES, oneShotRole } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The engine's default set includes NET_RAW (CIS Docker 5.4). `container-forwards-nothing` reports added NET_RAW and NET_ADMIN. */
export const containerDropsCapabilities = resourceRule({
    name: "container-drops-capabilities",
    description:
        "Containers drop all Linux capabilities and add none; only owner one-shots may add what changing a volume's owner needs.",
    severity: "high",
    types: [CONTAINER],
    clauses: [drops, adds],
});

/** Capabilities to change the owner of files, and to read folders of their previous owner. */
const GIVING_AWAY = ["CAP_CHOWN", "CAP_DAC_READ_SEARCH"];

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
        const needed = GIVING_AWAY.includes(capability(name)) && oneShotRole(properties) === OWNER_ROLE;
        if (!needed && !NETWORK_CAPABILITIES.includes(capability(name))) {
            yield `it adds ${capability(name)}; remove that from \`capabilities.adds\``;
        }
    }
}
