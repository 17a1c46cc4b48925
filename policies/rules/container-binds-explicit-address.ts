import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Without an address the engine opens a port on all of the host's addresses, past the host's firewall (CIS Docker 5.14). */
export const containerBindsExplicitAddress = resourceRule({
    name: "container-binds-explicit-address",
    description: "Published ports name the host's address and port.",
    severity: "high",
    types: [CONTAINER],
    clauses: [ports, all],
});

function* ports({ properties }: Subject): Iterable<string> {
    for (const port of properties.objects("ports")) {
        if ((port.text("ip") ?? "") === "") {
            yield 'a port names no address; set its `ip`, for example to "127.0.0.1"';
        }
        if (!((port.number("external") ?? 0) > 0)) {
            yield "a port gets a random number on the host; set its `external`";
        }
    }
}

function* all({ properties }: Subject): Iterable<string> {
    if (properties.flag("publishAllPorts") === true) {
        yield "it publishes every port of its image; remove `publishAllPorts`";
    }
}
