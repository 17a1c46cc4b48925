import { NETWORK } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

const MODES = ["com.docker.network.bridge.gateway_mode_ipv4", "com.docker.network.bridge.gateway_mode_ipv6"];

/** A change of an undeclared option goes unseen, and IPv6 would be a way around every rule about IPv4. */
export const networkDeclaresOptions = resourceRule({
    name: "network-declares-options",
    description: "Networks are bridges with declared addresses, without manual attachment, IPv6 and direct routing.",
    severity: "high",
    types: [NETWORK],
    clauses: [driver, off("attachable"), off("ipv6"), internal, addresses, gatewayModes],
});

function* driver({ properties }: Subject): Iterable<string> {
    if (properties.text("driver") !== "bridge") {
        yield "its driver is not bridge; set `driver` to bridge";
    }
}

function off(field: string): (subject: Subject) => Iterable<string> {
    return function* ({ properties }) {
        if (properties.flag(field) !== false) {
            yield `\`${field}\` is not off; set it to false`;
        }
    };
}

function* internal({ properties }: Subject): Iterable<string> {
    if (properties.flag("internal") === undefined) {
        yield "it does not say whether it is internal; set `internal`";
    }
}

function* addresses({ properties }: Subject): Iterable<string> {
    let declared = false;
    for (const config of properties.objects("ipamConfigs")) {
        declared ||= (config.text("subnet") ?? "") !== "" && (config.text("gateway") ?? "") !== "";
    }
    if (!declared) {
        yield "the engine picks its addresses; set `ipamConfigs` to one subnet and gateway";
    }
}

/** Both modes open unpublished ports to any machine that routes to the host. */
function* gatewayModes({ properties }: Subject): Iterable<string> {
    const options = properties.object("options");
    for (const mode of MODES) {
        if (["routed", "nat-unprotected"].includes(options?.text(mode) ?? "")) {
            yield `its containers can be reached without a published port; remove \`options["${mode}"]\``;
        }
    }
}
