import { LABEL } from "../../model/names";
import { label, VOLUME } from "../lib/docker";
import { isAmong } from "../../model/environments";
import { resourceRule, type Settings } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { holdsSecrets } from "../lib/volumes";

/**
 * Any change to a volume replaces it, and replacing it deletes what is in it. Protection makes the engine refuse.
 * Environments that are made to be thrown away are named in the policy's configuration.
 */
export const volumeProtectsData = resourceRule({
    name: "volume-protects-data",
    description: "Volumes with data are protected from deletion.",
    severity: "high",
    types: [VOLUME],
    settings: {
        throwaway: {
            type: "array",
            items: { type: "string" },
            default: [],
            description:
                "Environments whose data may be deleted with them; test-* stands for all that begin with test-.",
        },
    },
    clauses: [protectedData],
});

function* protectedData({ name, properties, protect }: Subject, settings: Settings): Iterable<string> {
    // A label says so, or the name does not say that it only holds configuration, or secrets in memory: default deny.
    const holdsData = label(properties, LABEL.data) === "true" || !(name.endsWith("-files") || holdsSecrets(name));
    if (!holdsData || protect) {
        return;
    }
    if (!isAmong(label(properties, LABEL.environment), settings["throwaway"])) {
        yield "an update can delete its data; set the resource option `protect`, or `strata:protectData` of the stack to true";
    }
}
