import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.18. */
export const containerOpensNoDevice = resourceRule({
    name: "container-opens-no-device",
    description: "Containers have no device of the host.",
    severity: "critical",
    types: [CONTAINER],
    clauses: [
        ...["devices", "deviceRequests"].map(
            (field) =>
                function* ({ properties }: Subject): Iterable<string> {
                    for (const _ of properties.objects(field)) {
                        yield `it opens a device of the host; remove \`${field}\``;
                    }
                },
        ),
        cgroupRules,
        gpus,
    ],
});

function* cgroupRules({ properties }: Subject): Iterable<string> {
    for (const _ of properties.texts("deviceCgroupRules")) {
        yield "it is let at devices of the host; remove `deviceCgroupRules`";
    }
}

function* gpus({ properties }: Subject): Iterable<string> {
    if ((properties.text("gpus") ?? "") !== "") {
        yield "it opens a device of the host; remove `gpus`";
    }
}
