import { OWNER_ROLE } from "../../model/names";
import { capability, CONTAINER, NETWORK_CAPABILITIES, oneShotRole } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The engine's default set holds NET_RAW among others (CIS Docker 5.4). NET_RAW and NET_ADMIN are `container-forwards-nothing`'s. */
export const containerDropsCapabilities = resourceRule({
    name: "container-drops-capabilities",
    description:
        "Containers drop all Linux capabilities and add none; the owner one-shots alone may add what giving a volume away needs.",
    severity: "high",
    types: [CONTAINER],
    clauses: [drops, adds],
});

/** Giving files away, and reading the folders of whoever they belonged to before. */
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
