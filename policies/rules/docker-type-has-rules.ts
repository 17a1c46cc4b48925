import { CONTAINER, NETWORK, REMOTE_IMAGE, VOLUME } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

const KNOWN = [CONTAINER, NETWORK, VOLUME, REMOTE_IMAGE];

/** Default deny: a Swarm service, for example, starts containers that no rule of this pack would see. */
export const dockerTypeHasRules = resourceRule({
    name: "docker-type-has-rules",
    description: "Only kinds of Docker resources that this pack has rules for are used.",
    severity: "critical",
    types: ["docker:*"],
    waivable: false,
    clauses: [known],
});

function* known({ type }: Subject): Iterable<string> {
    if (!KNOWN.includes(type)) {
        yield `no rule covers ${type}; write rules for it before it is used`;
    }
}
