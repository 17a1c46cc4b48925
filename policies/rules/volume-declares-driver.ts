import { VOLUME } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { isInMemory } from "../lib/volumes";

/** A change of an undeclared driver goes unseen. A `device` other than tmpfs makes a volume out of any path of the host. */
export const volumeDeclaresDriver = resourceRule({
    name: "volume-declares-driver",
    description: "Volumes name the engine's own driver and are not a path or device of the host in disguise.",
    severity: "high",
    types: [VOLUME],
    clauses: [driver, device],
});

function* driver({ properties }: Subject): Iterable<string> {
    if (properties.text("driver") !== "local") {
        yield "its driver is not the engine's own; set `driver` to local";
    }
}

function* device({ properties }: Subject): Iterable<string> {
    if (properties.object("driverOpts")?.has("device") && !isInMemory(properties)) {
        yield "it is a path or device of the host in disguise; remove `driverOpts`";
    }
}
