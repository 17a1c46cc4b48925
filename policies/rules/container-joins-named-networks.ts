import { CONTAINER, isOneShot, kindOfMode } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Networks that every engine has, and that any container on it may share. */
const BUILT_IN = new Set(["bridge", "default", "host", "none", "nat"]);

/** CIS Docker 5.10, 5.30. A container without a `networkMode` starts on the engine's default bridge. */
export const containerJoinsNamedNetworks = resourceRule({
    name: "container-joins-named-networks",
    description:
        "Services are attached to zones by name: never to the host's network, another container's or the default bridge.",
    severity: "critical",
    types: [CONTAINER],
    waivable: false,
    clauses: [mode, attachments],
});

function* mode({ properties }: Subject): Iterable<string> {
    const next = "set `networkMode` to the name of its first zone's network";
    switch (kindOfMode(properties.text("networkMode"))) {
        case "host":
            yield `it uses the host's network; ${next}`;
            break;
        case "container":
            yield `it uses another container's network; ${next}`;
            break;
        case "default-bridge":
            yield `it starts on the engine's default bridge; ${next}`;
            break;
        case "none":
            if (!isOneShot(properties)) {
                yield `it has no network; ${next}`;
            }
            break;
        case "network":
    }
}

function* attachments({ properties }: Subject): Iterable<string> {
    for (const attachment of properties.objects("networksAdvanced")) {
        const name = attachment.text("name") ?? "";
        if (name === "" || BUILT_IN.has(name)) {
            yield "it is attached to a network of the engine; name the network of a zone in `networksAdvanced`";
        }
    }
}
