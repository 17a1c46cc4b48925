import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { APPROLE, boundedLives, boundedNetworks } from "../lib/vault";

/** A stolen login opens one service's secrets only, from that service's zones, for a limited time (requirement E3). */
export const approleLimitsLogins = resourceRule({
    name: "approle-limits-logins",
    description:
        "AppRoles have policies of their own, logins and tokens that expire, and networks that they are bound to.",
    severity: "critical",
    types: [APPROLE],
    clauses: [policies, lives, networks],
});

function* policies({ properties }: Subject): Iterable<string> {
    const names = [...properties.texts("tokenPolicies")];
    if (names.length === 0 || names.some((name) => name === "root" || name === "default")) {
        yield "its `tokenPolicies` are empty, or built in; give it the policy that is generated for its service";
    }
    if (properties.flag("tokenNoDefaultPolicy") !== true) {
        yield "its tokens also have Vault's built-in policy; set `tokenNoDefaultPolicy` to true";
    }
    if (properties.flag("bindSecretId") !== true) {
        yield "whoever knows its name can log in; set `bindSecretId` to true";
    }
}

function lives({ properties }: Subject): Iterable<string> {
    return boundedLives(properties, ["secretIdTtl", "tokenTtl", "tokenMaxTtl"]);
}

function networks({ properties }: Subject): Iterable<string> {
    return boundedNetworks(properties, ["secretIdBoundCidrs", "tokenBoundCidrs"], "the subnets of its service's zones");
}
