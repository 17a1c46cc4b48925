import { capability, CONTAINER, NETWORK_CAPABILITIES, networksOf } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * A container in several zones must not route between them. Engines switch forwarding on in every container, so an absent setting
 * means yes. A container that may craft packets can pose as a neighbour, even in a single zone.
 */
export const containerForwardsNothing = resourceRule({
    name: "container-forwards-nothing",
    description:
        "Containers on several networks do not forward between them, and none may craft packets or change the kernel.",
    severity: "critical",
    types: [CONTAINER],
    waivable: false,
    clauses: [forwarding, forwardingV6, kernel, crafting],
});

const FORWARDING = "net.ipv4.ip_forward";
const FORWARDING_V6 = /^net\.ipv6\.conf\..*\.forwarding$/;

function* forwarding({ properties }: Subject): Iterable<string> {
    if (isMultiHomed(properties) && properties.object("sysctls")?.text(FORWARDING) !== "0") {
        yield 'it is on several networks and may forward between them; set `sysctls["net.ipv4.ip_forward"]` to "0"';
    }
}

function* forwardingV6({ properties }: Subject): Iterable<string> {
    const sysctls = properties.object("sysctls");
    for (const name of sysctls?.keys() ?? []) {
        if (FORWARDING_V6.test(name) && sysctls?.text(name) !== "0") {
            yield `it may forward IPv6; remove \`sysctls["${name}"]\``;
        }
    }
}

/** With `route_localnet`, for example, neighbours reach what listens on the loopback address alone. */
function* kernel({ properties }: Subject): Iterable<string> {
    for (const name of properties.object("sysctls")?.keys() ?? []) {
        if (name !== FORWARDING && !FORWARDING_V6.test(name)) {
            yield `it changes the kernel; remove \`sysctls["${name}"]\``;
        }
    }
}

function* crafting({ properties }: Subject): Iterable<string> {
    for (const name of properties.object("capabilities")?.texts("adds") ?? []) {
        if (NETWORK_CAPABILITIES.includes(capability(name))) {
            yield `it may craft packets; remove ${capability(name)} from \`capabilities.adds\``;
        }
    }
}

function isMultiHomed(properties: Subject["properties"]): boolean {
    let known = 0;
    for (const _ of networksOf(properties)) {
        // Two known networks are enough, even if the preview does not know the others.
        if (++known > 1) {
            return true;
        }
    }
    return false;
}
